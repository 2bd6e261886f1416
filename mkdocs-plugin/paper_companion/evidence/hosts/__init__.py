"""Services whose links are more than pages: each module knows one kind of service and asks what it is asked for."""
