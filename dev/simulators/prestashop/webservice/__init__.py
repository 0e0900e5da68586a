"""The shop's Webservice (/api): access.call() answers a request."""
