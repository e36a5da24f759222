package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The job file that {@code waybill init} writes: for servers of an example, or for a sandbox. */
final class StarterFile {
  /** In a sandbox's directory: what it printed when it started, for its owner only. */
  static final String SANDBOX_FILE = "sandbox.json";

  /** In a sandbox's directory: a file for each password. */
  static final String SANDBOX_SECRETS = "secrets";

  private static final Pattern PLACE = Pattern.compile("@([a-z-]+)@( *)");

  private StarterFile() {}

  /**
   * Returns a file that names servers which do not exist.
   *
   * @param zone an IANA zone
   */
  static String forAnExample(String zone) {
    Map<String, String> places = new HashMap<>();
    places.put("timezone", zone);
    places.put("inbox", "/srv/waybill/in");
    places.put("partner-password", "{ env: PARTNER_PASSWORD }");
    places.put("mail-password", "{ file: /run/secrets/mail_password }");
    places.put("hub-key", "{ keystore: hub-key }");
    places.put("host-partner", "ftp.partner.example");
    places.put("ftp-port", "21");
    places.put("ftp-tls", "explicit");
    places.put("host-hub", "hub.acme.example");
    places.put("hub-port", "7400");
    places.put("hub-tls", "on");
    places.put("host-smtp", "smtp.acme.example");
    places.put("smtp-port", "587");
    places.put("smtp-tls", "starttls");
    places.put("user", "acme");
    places.put("from", "robot@acme.example");
    places.put("to", "orders@acme.example");
    return filled(places);
  }

  /**
   * Returns a file for the servers of a sandbox that runs.
   *
   * @param directory that it printed
   * @throws JobException.NotFound if no sandbox is there
   */
  static String forASandbox(String zone, Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    Map<String, Object> sandbox = sandbox(root);
    Map<String, String> places = new HashMap<>();
    places.put("timezone", zone);
    places.put("inbox", quoted(root.resolve("inbox")));
    Path secrets = root.resolve(SANDBOX_SECRETS);
    places.put("partner-password", "{ file: " + quoted(secrets.resolve("ftp")) + " }");
    places.put("mail-password", "{ file: " + quoted(secrets.resolve("smtp")) + " }");
    places.put("hub-key", "{ file: " + quoted(secrets.resolve("hub")) + " }");
    for (String server : new String[] {"partner", "hub", "smtp"}) {
      places.put("host-" + server, Plain.text(sandbox, "host"));
    }
    for (String server : new String[] {"ftp", "hub", "smtp"}) {
      places.put(server + "-port", port(sandbox, server));
      places.put(server + "-tls", "off");
    }
    places.put("user", Plain.text(Plain.map(sandbox, "ftp"), "user"));
    places.put("from", "robot@waybill.test");
    places.put("to", Plain.text(sandbox, "mail-address"));
    return filled(places);
  }

  private static String port(Map<String, Object> sandbox, String server) {
    return String.valueOf(Plain.number(Plain.map(sandbox, server), "port"));
  }

  private static Map<String, Object> sandbox(Path directory) throws IOException {
    try {
      return Json.readObject(Files.readString(directory.resolve(SANDBOX_FILE)));
    } catch (NoSuchFileException e) {
      throw new JobException.Configuration(
          "no sandbox has its directory at "
              + directory
              + "; start \"waybill sandbox\" in another terminal, it prints its own",
          e);
    }
  }

  // what follows a place stays in its column, as far as there are blanks to give
  private static String filled(Map<String, String> places) {
    return PLACE
        .matcher(Main.resource("starter.waybill.yml"))
        .replaceAll(
            place -> {
              String value =
                  Objects.requireNonNull(places.get(place.group(1)), () -> place.group());
              boolean hasComment = !place.group(2).isEmpty();
              int width = place.group().length();
              String blanks = " ".repeat(Math.max(2, width - value.length()));
              return Matcher.quoteReplacement(hasComment ? value + blanks : value);
            });
  }

  // a path may hold what means something in YAML or in an expression
  private static String quoted(Path path) {
    return "\""
        + path.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "$${")
        + "\"";
  }
}
