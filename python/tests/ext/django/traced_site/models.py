"""The one table of the test project."""

from django.db import models


class Book(models.Model):
    """A book on the shelf."""

    title = models.CharField(max_length=100)

    class Meta:
        app_label = 'traced_site'
