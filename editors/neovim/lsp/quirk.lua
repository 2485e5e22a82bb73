-- The language server, as Neovim 0.11 and later look it up by its name.
return {
    cmd = { 'quirkc', 'lsp' },
    filetypes = { 'quirk' },
    root_markers = { 'quirkc.toml', '.git' },
}
