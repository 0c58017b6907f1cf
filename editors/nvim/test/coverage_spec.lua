-- Signs beside what no example carries out.
local program = { 'def main():', '    reached()', '    if(half()): never()', '    never()', 'example "one":' }

---@return string[] `LINE SIGN`, in order
local function signs(buffer)
  local space = vim.api.nvim_get_namespaces()['karel-coverage']
  local marks = space and vim.api.nvim_buf_get_extmarks(buffer, space, 0, -1, { details = true }) or {}
  return vim.tbl_map(function(mark)
    return ('%d %s'):format(mark[2] + 1, vim.trim(mark[4].sign_text))
  end, marks)
end

return {
  [':KarelTest marks what no example carries out, and follows the text'] = function(T)
    vim.g.karel_server = T.toy_server
    local buffer = T.open('.karel', program)
    T.attached(buffer)
    vim.cmd.KarelTest()
    T.wait('the signs', function()
      return vim.deep_equal(signs(buffer), { '3 ○', '4 ○' })
    end)
    -- A change of the diagnostics says that the examples have been run again.
    vim.api.nvim_buf_set_lines(buffer, 2, 4, false, { '    if(half()): reached()', '    BAD()' })
    T.wait('the new signs', function()
      return vim.deep_equal(signs(buffer), { '3 ◐' })
    end)
  end,
}
