package io.waybill.jobs.demo;

import io.waybill.jobs.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the demo's job file, and its secrets beside it for the owner's eyes only. */
final class DemoJobFile {
  private static final Pattern PLACE = Pattern.compile("@([a-z-]+)@(?=[ ,}\\n])");

  private DemoJobFile() {}

  /** Returns the file that was written. */
  static Path write(Path directory, DemoServers servers) throws IOException {
    Path secrets = PrivateFiles.makeDirectory(directory.resolve("secrets"));
    Sandbox sandbox = servers.sandbox();
    Map<String, String> places =
        Map.of(
            "inbox", quoted(directory.resolve("inbox")),
            "ftp-password",
                quoted(PrivateFiles.write(secrets.resolve("ftp"), sandbox.ftpLogin().password())),
            "mail-password",
                quoted(PrivateFiles.write(secrets.resolve("mail"), sandbox.mailLogin().password())),
            "hub-key",
                quoted(PrivateFiles.write(secrets.resolve("hub"), sandbox.chunkLogin().password())),
            "ftp-port", String.valueOf(sandbox.ftpPort()),
            "hub-port", String.valueOf(servers.flaky().port()),
            "smtp-port", String.valueOf(sandbox.smtpPort()),
            "imap-port", String.valueOf(sandbox.imapPort()));
    String text =
        PLACE
            .matcher(template())
            .replaceAll(place -> Matcher.quoteReplacement(places.get(place.group(1))));
    return Files.writeString(directory.resolve("waybill.yml"), text);
  }

  // a path may hold what means something in YAML or in an expression
  private static String quoted(Path path) {
    return "\""
        + path.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "$${")
        + "\"";
  }

  private static String template() throws IOException {
    try (InputStream in = DemoJobFile.class.getResourceAsStream("demo.waybill.yml")) {
      if (in == null) {
        throw new IllegalStateException("the program is incomplete: no demo.waybill.yml");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
