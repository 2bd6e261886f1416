"""The shell for MkDocs: its plugin, and what the plugin tells, finds and watches."""
