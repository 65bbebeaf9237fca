"""bjw-s app-template 2 and later: values with controllers and containers."""
