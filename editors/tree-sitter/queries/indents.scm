(block) @indent
(block "}" @branch)
