"""Tests of the browser version: of the page and the package by reading, and in a browser where there is a runtime."""
