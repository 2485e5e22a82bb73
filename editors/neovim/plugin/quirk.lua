-- Starts `quirkc lsp` for descriptions, and gives the two things that no key of an editor knows a command.

if vim.lsp.enable then
    vim.lsp.enable('quirk')
else
    -- Before Neovim 0.11 a server is started by hand: once for each folder.
    local servers = {}
    local function folder(path)
        for _, name in ipairs({ 'quirkc.toml', '.git' }) do
            local found = vim.fn.findfile(name, path .. ';')
            found = found ~= '' and found or vim.fn.finddir(name, path .. ';')
            if found ~= '' then
                return vim.fn.fnamemodify(found, ':p'):gsub('/$', ''):gsub('/[^/]*$', '')
            end
        end
        return path
    end
    vim.api.nvim_create_autocmd('FileType', {
        pattern = 'quirk',
        callback = function(event)
            local root = folder(vim.fn.fnamemodify(event.match ~= '' and vim.api.nvim_buf_get_name(event.buf) or '.', ':p:h'))
            local config = { name = 'quirk', cmd = { 'quirkc', 'lsp' }, root_dir = root }
            if vim.lsp.start then
                vim.lsp.start(config)
                return
            end
            config.on_exit = function() servers[root] = nil end
            servers[root] = servers[root] or vim.lsp.start_client(config)
            vim.lsp.buf_attach_client(event.buf, servers[root])
            vim.bo[event.buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
        end,
    })
end

-- `:QuirkMap` draws the device around the cursor.
vim.api.nvim_create_user_command('QuirkMap', function()
    local at = vim.api.nvim_win_get_cursor(0)
    local params = {
        textDocument = { uri = vim.uri_from_bufnr(0) },
        position = { line = at[1] - 1, character = at[2] },
    }
    vim.lsp.buf_request(0, 'quirk/map', params, function(problem, result)
        if problem then
            vim.notify(problem.message, vim.log.levels.ERROR)
            return
        end
        vim.cmd('new')
        vim.bo.buftype = 'nofile'
        vim.bo.bufhidden = 'wipe'
        vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(result.text, '\n'))
    end)
end, {})
