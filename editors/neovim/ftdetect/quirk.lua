vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
    pattern = '*.quirk',
    callback = function() vim.bo.filetype = 'quirk' end,
})
