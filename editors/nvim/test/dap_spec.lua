-- What nvim-dap is told, which a stand-in for it takes: the plugin itself can't be had here.

--- The configuration, with nvim-dap's way of asking it for a value.
local function set_up()
  local dap = { adapters = {}, configurations = {}, ABORT = {} }
  package.loaded.dap = dap
  require('karel.dap').setup()
  local configuration = dap.configurations.kareldsl[1]
  local function example(done)
    coroutine.wrap(function()
      local option = configuration.example()
      local run = coroutine.running()
      vim.schedule(function()
        assert(coroutine.resume(option, run))
      end)
      done(coroutine.yield())
    end)()
  end
  return dap, example
end

return {
  ['the debugger is the program of the language server'] = function(T)
    local dap = set_up()
    vim.g.karel_server = { vim.v.progpath, 'lsp' }
    local adapter
    dap.adapters.karel(function(found)
      adapter = found
    end)
    T.equal(adapter, { type = 'executable', command = vim.v.progpath, args = { 'dap' } })
    vim.g.karel_server = '/none/karel-lsp'
    adapter = nil
    dap.adapters.karel(function(found)
      adapter = found
    end)
    T.equal(adapter, nil)
    assert(T.messages[#T.messages]:find("can't be run"), vim.inspect(T.messages))
  end,

  ['which example is asked for, what fails first'] = function(T)
    vim.g.karel_server = T.toy_server
    local buffer = T.open('.karel', { 'example "one":', 'example "two":', 'example "three":' })
    T.attached(buffer)
    local dap, example = set_up()
    local offered, answers, select = nil, { 1, false }, vim.ui.select
    vim.ui.select = function(items, options, chosen)
      offered = vim.tbl_map(options.format_item, items)
      chosen(items[table.remove(answers, 1) or 0])
    end
    local got
    local function ask()
      got = nil
      example(function(value)
        got = value
      end)
      return T.wait('an example', function()
        return got
      end)
    end
    local file = vim.api.nvim_buf_get_name(buffer)
    T.equal(ask(), { name = 'two', test = false, ordinal = 0, file = file })
    T.equal(offered, { '✗ example "two"', '✓ example "one"', '✓ example "three"' })
    assert(ask() == dap.ABORT, 'giving up gives the debugging up')
    vim.ui.select = select
  end,

  ['one example is taken, and without a server the debugger decides'] = function(T)
    vim.g.karel_server = T.toy_server
    local buffer = T.open('.karel', { 'example "one":' })
    T.attached(buffer)
    local _, example = set_up()
    local got
    example(function(value)
      got = value
    end)
    T.wait('the example', function()
      return got
    end)
    T.equal(got.name, 'one')
    vim.cmd.enew()
    local asked
    example(function(value)
      asked, got = true, value
    end)
    T.wait('the answer', function()
      return asked
    end)
    T.equal(got, nil)
  end,
}
