"""What kind of machine this is: one module for each kind, asked once at start."""
