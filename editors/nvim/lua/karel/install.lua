--- Compiles the tree-sitter parser with the machine's C compiler.
local server = require('karel.server')

local M = {}

--- Folder of the grammar: given, else `vim.g.karel_grammar`, else the one that an installation puts into the plugin,
--- else the repository's own.
---@param folder? string
---@return string
function M.grammar(folder)
  local installed = vim.fs.joinpath(server.plugin_folder(), 'grammar')
  return vim.fs.normalize(
    folder
      or vim.g.karel_grammar
      or (vim.uv.fs_stat(installed) and installed)
      or vim.fs.joinpath(server.repository(), 'grammar')
  )
end

--- The plugin's own folder if it may be written, else the user's site folder; both are on the runtime path.
---@return string
local function destination()
  local own = vim.fs.joinpath(server.plugin_folder(), 'parser')
  if vim.fn.mkdir(own, 'p') == 1 and vim.fn.filewritable(own) == 2 then
    return own
  end
  local site = vim.fs.joinpath(vim.fn.stdpath('data') --[[@as string]], 'site', 'parser')
  vim.fn.mkdir(site, 'p')
  return site
end

---@return string?
function M.compiler()
  for _, name in ipairs({ vim.env.CC or '', 'cc', 'gcc', 'clang' }) do
    if name ~= '' and vim.fn.executable(name) == 1 then
      return name
    end
  end
end

--- Compiles and loads the parser; `done` gets its path, or nil and a sentence that says what went wrong.
---@param folder? string of the grammar
---@param done? fun(path: string?, problem: string?)
---@param into? string folder for the parser, on the runtime path and called `parser`
function M.install(folder, done, into)
  done = done
    or function(path, problem)
      vim.notify(
        path and ('The Karel parser is ready: %s.'):format(path) or problem --[[@as string]],
        path and vim.log.levels.INFO or vim.log.levels.ERROR,
        { title = 'Karel' }
      )
    end

  local source = vim.fs.joinpath(M.grammar(folder), 'src')
  if not vim.uv.fs_stat(vim.fs.joinpath(source, 'parser.c')) then
    done(
      nil,
      ("There is no parser.c in '%s': name the folder of the grammar (:KarelInstallParser FOLDER)."):format(source)
    )
    return
  end
  local compiler = M.compiler()
  if not compiler then
    done(nil, 'No C compiler was found: install one, or name it in the environment variable CC.')
    return
  end

  local library = vim.fs.joinpath(into or destination(), vim.fn.has('win32') == 1 and 'karel.dll' or 'karel.so')
  -- Renamed into place: the old file may be mapped by a running Neovim.
  local fresh = ('%s.%d.new'):format(library, vim.uv.os_getpid())
  local command = { compiler, '-O2', '-std=c11', '-shared', '-fPIC', '-I', source, '-o', fresh }
  for _, file in ipairs({ 'parser.c', 'scanner.c' }) do
    local path = vim.fs.joinpath(source, file)
    if vim.uv.fs_stat(path) then
      command[#command + 1] = path
    end
  end
  local loaded = require('karel.buffer').has_parser()
  vim.system(
    command,
    { text = true },
    vim.schedule_wrap(function(result)
      if result.code ~= 0 then
        vim.uv.fs_unlink(fresh)
        done(nil, ('The Karel parser did not compile (%s):\n%s'):format(table.concat(command, ' '), result.stderr))
        return
      end
      local renamed, problem = vim.uv.fs_rename(fresh, library)
      if not renamed then
        done(nil, ("The Karel parser could not be put at '%s': %s."):format(library, problem))
        return
      end
      if loaded then
        vim.notify('Restart Neovim to use the new Karel parser.', vim.log.levels.INFO, { title = 'Karel' })
      else
        -- By its path: Neovim does not look into folders that were not there when it started.
        local added, refusal = vim.treesitter.language.add('karel', { path = library })
        if not added then
          done(nil, ("Neovim does not load the Karel parser '%s': %s."):format(library, refusal))
          return
        end
        M.start_everywhere()
      end
      done(library)
    end)
  )
end

--- Starts the parser in the Karel buffers that are shown.
function M.start_everywhere()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local bufnr = vim.api.nvim_win_get_buf(window)
    if vim.list_contains({ 'kareldsl', 'karelgrid' }, vim.bo[bufnr].filetype) then
      vim.api.nvim_win_call(window, function()
        require('karel.buffer').start_parser(bufnr)
      end)
    end
  end
end

return M
