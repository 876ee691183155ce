# What the compiler calls, expands and builds, line by line: elixir elixir_calls.exs CLONE [STUBS.ex]
# STUBS.ex: structs of packages that are not there. Printed: path, line, module, name.
defmodule Calls do
  def trace({kind, meta, module, name, _}, env)
      when kind in [:remote_function, :remote_macro, :imported_function, :imported_macro],
      do: say(env, meta, module, name)

  def trace({:struct_expansion, meta, module, _}, env), do: say(env, meta, module, "")
  def trace(_, _), do: :ok

  defp say(env, meta, module, name) do
    line = Keyword.get(meta, :line, env.line)
    IO.puts("CALL\t#{Path.relative_to_cwd(env.file)}\t#{line}\t#{inspect(module)}\t#{name}")
  end
end

[clone | stubs] = System.argv()
File.cd!(clone)
Code.put_compiler_option(:tracers, [Calls])

case Kernel.ParallelCompiler.compile(stubs ++ Path.wildcard("lib/**/*.ex")) do
  {:ok, _, _} -> :ok
  {:error, errors, _} -> Enum.each(errors, fn {file, at, text} -> IO.puts("#{file}:#{inspect(at)} #{text}") end)
end
