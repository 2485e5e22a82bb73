-- Compares the tree-sitter grammar with the compiler: which texts each accepts. Files of the library, of the examples and of the
-- compiler's own tests, and files put together from their items at random, mostly with one mistake.
-- Takes the parser, `quirkc`, the checkout, an empty folder, and how many files to make.

local parser, quirkc, root, folder, count = unpack(vim.split(vim.env.QUIRK_GRAMMAR, '\n'))
count = tonumber(count)
local load = vim.treesitter.language and vim.treesitter.language.add
if load then load('quirk', { path = parser }) else vim.treesitter.require_language('quirk', parser) end

-- Queries that name what the grammar does not have are errors.
local query = vim.treesitter.query and vim.treesitter.query.parse or vim.treesitter.parse_query
for _, path in ipairs(vim.fn.globpath(root .. '/editors/tree-sitter/queries', '*.scm', true, true)) do
    query('quirk', table.concat(vim.fn.readfile(path), '\n'))
end

-- The same numbers everywhere.
local seed = 1
local function below(limit)
    seed = (seed * 16807) % 2147483647
    return seed % limit
end
local function pick(list) return list[below(#list) + 1] end

local function read(path)
    local file = assert(io.open(path, 'rb'))
    local text = file:read('*a')
    file:close()
    return text
end

local function tokens(text)
    local found, at = {}, 1
    while at <= #text do
        local rest = text:sub(at)
        local token = rest:match('^%s+') or rest:match('^//[^\n]*') or rest:match('^"[^"\\\n]*"')
            or rest:match('^[%w_]+') or rest:match('^%.%.=') or rest:match('^%.%.') or rest:match('^::') or rest:match('^==')
            or rest:match('^<<') or rest:match('^>>') or rest:sub(1, 1)
        found[#found + 1] = token
        at = at + #token
    end
    return found
end

local texts, items, pool = {}, {}, {}
for _, place in ipairs({ 'quirks', 'examples', 'compiler/tests/cases', 'dsl/tests/cases' }) do
    for _, path in ipairs(vim.fn.globpath(root .. '/' .. place, '**/*.quirk', true, true)) do
        local text = read(path)
        texts[#texts + 1] = text
        if not place:match('cases') or path:match('everything') or path:match('_good') then
            for item in (text .. '\n\n'):gmatch('(.-)\n\n') do
                if item:match('^[^%s/]') and #item < 2000 then items[#items + 1] = item end
            end
            for _, token in ipairs(tokens(text)) do
                if not token:match('^%s') and not token:match('^//') then pool[#pool + 1] = token end
            end
        end
    end
end
assert(#texts > 80 and #items > 300, 'the checkout was read')

-- One mistake, or something that is none.
local function changed(text)
    local list = tokens(text)
    local solid = {}
    for at, token in ipairs(list) do
        if not token:match('^%s') and not token:match('^//') then solid[#solid + 1] = at end
    end
    local at = pick(solid)
    local kind = below(5)
    if kind == 0 then list[at] = ' '
    elseif kind == 1 then list[at] = list[at] .. ' ' .. list[at]
    elseif kind == 2 then list[at] = ' ' .. pick(pool) .. ' '
    elseif kind == 3 then list[at] = list[at] .. ' ' .. pick(pool) .. ' '
    else
        local other = pick(solid)
        list[at], list[other] = list[other], list[at]
    end
    return table.concat(list)
end

while #texts < count do
    local parts = {}
    for _ = 0, below(3) do parts[#parts + 1] = pick(items) end
    local text = table.concat(parts, '\n\n') .. '\n'
    texts[#texts + 1] = below(4) == 0 and text or changed(text)
end

for at, text in ipairs(texts) do
    local file = assert(io.open(('%s/%05d.quirk'):format(folder, at), 'wb'))
    file:write(text)
    file:close()
end

-- What takes counting, or an eye for what is around, is the compiler's alone.
local beyond = { QK0114 = true, QK0120 = true, QK0121 = true, QK0122 = true, QK0124 = true, QK0126 = true, QK0128 = true, QK0129 = true }
local errors, passed_over = {}, {}
local said = vim.fn.system({ quirkc, 'fmt', '--check', folder })
for number, code in said:gmatch('/(%d+)%.quirk:%d+:%d+: (QK%d+)') do
    local target = beyond[code] and passed_over or errors
    target[tonumber(number)] = code
end

local accepted, refused, wrong = 0, 0, {}
for at, text in ipairs(texts) do
    local is_error = vim.treesitter.get_string_parser(text, 'quirk'):parse()[1]:root():has_error()
    if errors[at] or not passed_over[at] then
        if is_error ~= (errors[at] ~= nil) then
            wrong[#wrong + 1] = ('%05d: the compiler says %s, the grammar %s'):format(at, errors[at] or 'yes', is_error and 'no' or 'yes')
        elseif is_error then refused = refused + 1
        else accepted = accepted + 1 end
    end
end
io.stdout:write(('grammar: %d texts: both accept %d and refuse %d, %d differ\n'):format(#texts, accepted, refused, #wrong))
for at = 1, math.min(#wrong, 20) do io.stdout:write(wrong[at] .. '\n') end
assert(accepted > count / 5 and refused > count / 5, 'both kinds of texts were tried')
if #wrong > 0 then vim.cmd('cquit 1') else vim.cmd('qall!') end
