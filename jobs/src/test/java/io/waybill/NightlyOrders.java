package io.waybill;

import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.jobs.sandbox.SandboxLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The example that the READMEs quote, pointed at a sandbox: other hosts, ports and accounts. */
public final class NightlyOrders {
  /** The example as it stands. */
  public static final Path EXAMPLE = Path.of("examples/nightly-orders.yml");

  private NightlyOrders() {}

  /** Puts two files where the partner offers them, and writes the job file. */
  public static Path pointedAt(Sandbox sandbox, Path directory) throws IOException {
    Path out = Files.createDirectories(directory.resolve("partner/out"));
    Files.writeString(out.resolve("orders.csv"), "id;amount\n1;17\n");
    Files.write(out.resolve("scan.bin"), new byte[3_000_000]);
    String text = Files.readString(EXAMPLE);
    text = replace(text, "/srv/waybill/in", "\"" + directory.resolve("inbox") + "\"");
    text = replace(text, "ftp.partner.example", at(sandbox.ftpPort()));
    text = replace(text, "127.0.0.1, port: 7400", at(sandbox.chunkPort()));
    text = replace(text, "smtp.acme.example", at(sandbox.smtpPort()) + ", tls: off");
    text = replace(text, "imap.acme.example", at(sandbox.imapPort()) + ", tls: off");
    text = replace(text, "user: acme", "user: " + sandbox.ftpLogin().user());
    text = replace(text, "orders@acme.example", sandbox.mailAddress());
    return Files.writeString(directory.resolve("nightly-orders.yml"), text);
  }

  /** Returns the variables that the example's secrets come from. */
  public static Map<String, String> secrets(Sandbox sandbox) {
    return secrets(sandbox.ftpLogin(), sandbox.mailLogin(), sandbox.chunkLogin());
  }

  private static Map<String, String> secrets(
      SandboxLogin ftp, SandboxLogin mail, SandboxLogin hub) {
    Map<String, String> secrets = new LinkedHashMap<>();
    secrets.put("PARTNER_PASSWORD", ftp.password());
    secrets.put("MAIL_PASSWORD", mail.password());
    secrets.put("HUB_KEY", hub.password());
    return secrets;
  }

  private static String at(int port) {
    return "127.0.0.1, port: " + port;
  }

  private static String replace(String text, String old, String now) {
    if (!text.contains(old)) {
      throw new IllegalStateException("the example has no \"" + old + "\" any more");
    }
    return text.replace(old, now);
  }
}
