"""What an estate needs before it can be deployed: rights, roles, resource providers, licences; and who gives them."""
