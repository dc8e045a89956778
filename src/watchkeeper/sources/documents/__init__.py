"""Documents that people hold: PDF files, saved web pages and e-mail, each read as pages of text."""
