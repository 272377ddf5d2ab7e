"""Django: requests are segments, database queries and template rendering are subsegments."""
