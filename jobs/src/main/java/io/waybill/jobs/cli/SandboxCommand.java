package io.waybill.jobs.cli;

import io.waybill.jobs.demo.PrivateFiles;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.jobs.sandbox.SandboxLogin;
import io.waybill.transfer.file.DirectoryTree;
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
    writeForInit(sandbox, form, directory);
    output().result(SCHEMA, form, out -> print(form, out));
    new CountDownLatch(1).await();
    return ExitCode.OK;
  }

  private static void writeForInit(Sandbox sandbox, Map<String, Object> form, Path directory)
      throws IOException {
    Path secrets = PrivateFiles.makeDirectory(directory.resolve(StarterFile.SANDBOX_SECRETS));
    PrivateFiles.write(secrets.resolve("ftp"), sandbox.ftpLogin().password());
    PrivateFiles.write(secrets.resolve("hub"), sandbox.chunkLogin().password());
    PrivateFiles.write(secrets.resolve("smtp"), sandbox.mailLogin().password());
    Path orders = Files.createDirectories(directory.resolve("ftp").resolve("out"));
    Files.writeString(orders.resolve("orders.csv"), "id;amount\n1;17\n");
    PrivateFiles.write(directory.resolve(StarterFile.SANDBOX_FILE), Json.write(form));
  }

  private void end(Sandbox sandbox, Path directory) {
    try (sandbox) {
      DirectoryTree.delete(directory);
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
    out.println("A job file for them: waybill init jobs.yml --sandbox " + form.get("directory"));
    out.println("Ctrl-C ends them and deletes the directory.");
  }
}
