((comment) @comment)
((doc_comment) @markdown)
