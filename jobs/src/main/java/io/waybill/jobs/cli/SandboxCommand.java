package io.waybill.jobs.cli;

import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.jobs.sandbox.SandboxLogin;
import io.waybill.jobs.sandbox.TemporaryTree;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/** {@code waybill sandbox}: throw-away servers to try a job file against. */
@Command(
    name = "sandbox",
    description = "Starts throw-away SMTP, IMAP, FTP and chunk servers on loopback, until Ctrl-C.")
final class SandboxCommand extends Verb {
  private static final String SCHEMA = "waybill.sandbox/1";

  @Override
  ExitCode execute() throws Exception {
    Path directory = Files.createTempDirectory("waybill-sandbox-");
    Sandbox sandbox = Sandbox.start(directory.resolve("ftp"), directory.resolve("hub"));
    Thread end = new Thread(() -> end(sandbox, directory), "waybill-sandbox-end");
    Runtime.getRuntime().addShutdownHook(end); // a signal is the only way it ends
    Map<String, Object> form = form(sandbox, directory);
    output().result(SCHEMA, form, out -> print(form, out));
    new CountDownLatch(1).await();
    return ExitCode.OK;
  }

  private void end(Sandbox sandbox, Path directory) {
    try (sandbox) {
      TemporaryTree.delete(directory);
    } catch (IOException e) {
      output().note("waybill: left behind: " + directory + " (" + e + ")");
    }
  }

  private static Map<String, Object> form(Sandbox sandbox, Path directory) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("host", sandbox.host());
    form.put("directory", directory.toString());
    form.put("ftp", server(sandbox.ftpPort(), sandbox.ftpLogin()));
    form.put("hub", server(sandbox.chunkPort(), sandbox.chunkLogin()));
    form.put("smtp", server(sandbox.smtpPort(), sandbox.mailLogin()));
    form.put("imap", server(sandbox.imapPort(), sandbox.mailLogin()));
    form.put("mail-address", sandbox.mailAddress());
    return form;
  }

  // The one place that prints passwords: these were made up a moment ago and open nothing but this
  // process.
  private static Map<String, Object> server(int port, SandboxLogin login) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("port", (long) port);
    form.put("user", login.user());
    form.put("password", login.password());
    return form;
  }

  private static void print(Map<String, Object> form, PrintStream out) {
    form.forEach((name, value) -> out.printf("%-13s %s%n", name, value));
    out.println("Ctrl-C ends them and deletes the directory.");
  }
}
