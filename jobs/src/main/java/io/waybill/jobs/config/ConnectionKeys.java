package io.waybill.jobs.config;

import static io.waybill.jobs.ValueType.Scalar.INTEGER;
import static io.waybill.jobs.ValueType.Scalar.TEXT;

import io.waybill.jobs.Key;
import io.waybill.jobs.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The keys of connections, by their type. */
public final class ConnectionKeys {
  private static final ValueType TLS = new ValueType.OneOf(List.of("implicit", "starttls", "off"));

  private static final Key HOST =
      Key.required("host", TEXT, "The server's name or address.").withExample("bank.acme.example");

  private static final Key PROVIDED_HOST =
      Key.optional(
              "host", TEXT, "The server's name or address; needed unless the provider has one.")
          .withExample("bank.acme.example");

  private static final String PROVIDED_TLS =
      "How the connection is protected; with a provider, as that one has it.";

  private static final Key MAX_CONNECTIONS =
      Key.optional(
              "max-connections",
              INTEGER,
              "How many connections may be open at a time; 4 if not given, and fewer where the server says so.")
          .withExample("2");

  private static final Key PART_NAME =
      Key.optional(
              "part-name",
              TEXT,
              "How unfinished files are called there, with {name} and {id}; \".{name}.{id}.wbpart\" if not given.")
          .withExample("\".{name}.{id}.part\"");

  private static final Key PIN =
      Key.optional(
              "pin",
              TEXT,
              "The server's key, sha-256:..., as it prints it; else its name is checked.")
          .withExample("\"sha-256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"");

  private static final Key CA =
      Key.optional(
              "ca",
              TEXT,
              "PEM file of the authorities that may vouch for its name; else those of Java.")
          .withExample("/etc/waybill/ca.pem");

  private static final Key RATE =
      Key.optional(
              "rate",
              TEXT,
              "How fast it may be, each way: 10MiB/s, or by the time of day: \"08:00,512KiB/s 19:00,off\".")
          .withExample("\"08:00,512KiB/s 19:00,off\"");

  private static final List<Key> PROXY =
      List.of(
          Key.optional(
                  "proxy",
                  TEXT,
                  "What it goes through, socks5://HOST:PORT or http://HOST:PORT; else what holds for all.")
              .withExample("socks5://proxy.acme.example:1080"),
          Key.optional("proxy-user", TEXT, "Who logs in at the proxy; without it nobody does.")
              .withExample("acme"),
          Key.secret("proxy-password", "What proves it; needed where there is a proxy-user."));

  private static final Map<String, List<Key>> BY_TYPE =
      Map.of(
          "ftp",
          ftp("ftp", List.of("explicit", "implicit", "off")),
          "ftps",
          ftp("ftps", List.of("explicit", "implicit")),
          "sftp",
          lined(
              type("sftp"),
              HOST,
              Key.optional("port", INTEGER, "22", "The server's port."),
              Key.required("user", TEXT, "Who logs in.").withExample("acme"),
              Key.secret("password", "What proves it, unless there is a key or an agent."),
              Key.optional("identity", TEXT, "File of a private key to log in with.")
                  .withExample("~/.ssh/id_ed25519"),
              Key.secret("passphrase", "What that file is encrypted with."),
              Key.optional("agent", TEXT, "Socket of an ssh-agent whose keys are offered.")
                  .withExample("/run/user/1000/ssh-agent"),
              Key.optional(
                      "pin",
                      TEXT,
                      "The host key, SHA256:..., as ssh-keygen -lf prints it; else a known_hosts file says it.")
                  .withExample("SHA256:ygrJj7mNd6vVdF1KcnFvKyDAnpsVbmzGdGG9wYqxZ9c"),
              Key.optional(
                      "known-hosts",
                      TEXT,
                      "That file; ~/.ssh/known_hosts of the user if not given.")
                  .withExample("/etc/waybill/known_hosts"),
              MAX_CONNECTIONS,
              PART_NAME),
          "http",
          web("http", "80"),
          "https",
          web("https", "443"),
          "waybill",
          lined(
              type("waybill"),
              HOST,
              Key.optional("port", INTEGER, "7400", "The server's port."),
              Key.optional(
                  "tls",
                  new ValueType.OneOf(List.of("on", "off")),
                  "on",
                  "Whether the connection is protected; off sends the files in clear."),
              PIN,
              CA,
              Key.required("user", TEXT, "Who logs in.").withExample("acme"),
              Key.secret("key", "What proves it; needed unless there is a certificate."),
              Key.optional(
                      "certificate",
                      TEXT,
                      "PEM file of a certificate to log in with, without a key.")
                  .withExample("/etc/waybill/acme.pem"),
              Key.optional("certificate-key", TEXT, "PEM file of the certificate's own key.")
                  .withExample("/etc/waybill/acme.key")),
          "imap",
          imap(),
          "smtp",
          smtp());

  private ConnectionKeys() {}

  /** Returns the types in alphabetical order, each with its keys. */
  public static Map<String, List<Key>> byType() {
    return new TreeMap<>(BY_TYPE);
  }

  private static List<Key> web(String type, String port) {
    List<Key> keys = new ArrayList<>();
    keys.add(type(type));
    keys.add(HOST);
    keys.add(Key.optional("port", INTEGER, port, "The server's port."));
    if (type.equals("https")) {
      keys.add(PIN);
      keys.add(CA);
    }
    keys.add(
        Key.optional("user", TEXT, "Who logs in; without it and a token nobody does.")
            .withExample("acme"));
    keys.add(Key.secret("password", "What proves it; needed where there is a user."));
    keys.add(Key.secret("token", "A bearer token, instead of user and password."));
    keys.add(MAX_CONNECTIONS);
    keys.add(PART_NAME);
    return lined(keys.toArray(Key[]::new));
  }

  private static List<Key> lined(Key... own) {
    List<Key> keys = new ArrayList<>(List.of(own));
    keys.add(RATE);
    keys.addAll(PROXY);
    return List.copyOf(keys);
  }

  private static List<Key> imap() {
    List<Key> keys = new ArrayList<>();
    keys.add(type("imap"));
    keys.add(MailKeys.IMAP_PROVIDER);
    keys.add(PROVIDED_HOST);
    keys.add(
        Key.optional(
                "port",
                INTEGER,
                "The server's port; the provider's, else 993 with implicit TLS, else 143.")
            .withExample("993"));
    keys.add(Key.optional("tls", TLS, "implicit", PROVIDED_TLS));
    keys.add(CA);
    keys.add(Key.required("user", TEXT, "Who logs in.").withExample("acme"));
    keys.add(Key.secret("password", "What proves it; needed where there is no oauth."));
    keys.add(MailKeys.AUTH);
    keys.add(MailKeys.OAUTH);
    keys.add(
        Key.optional(
            "compress",
            ValueType.Scalar.BOOLEAN,
            "false",
            "Whether what it says is deflated on the way, where it can: for slow lines."));
    keys.addAll(PROXY);
    return List.copyOf(keys);
  }

  private static List<Key> smtp() {
    List<Key> keys = new ArrayList<>();
    keys.add(type("smtp"));
    keys.add(MailKeys.SMTP_PROVIDER);
    keys.add(PROVIDED_HOST);
    keys.add(
        Key.optional(
                "port",
                INTEGER,
                "The server's port; the provider's, else 587 with starttls, 465 with implicit TLS, else 25.")
            .withExample("587"));
    keys.add(Key.optional("tls", TLS, "starttls", PROVIDED_TLS));
    keys.add(CA);
    keys.add(
        Key.optional("user", TEXT, "Who logs in; without it nobody does.").withExample("acme"));
    keys.add(Key.secret("password", "What proves it; needed where there is a user and no oauth."));
    keys.add(MailKeys.AUTH);
    keys.add(MailKeys.OAUTH);
    keys.add(
        Key.optional("from", ValueType.Scalar.ADDRESS, "The sender of messages that name none."));
    keys.addAll(SubmissionKeys.OF_MESSAGES);
    keys.addAll(PROXY);
    return List.copyOf(keys);
  }

  private static List<Key> ftp(String type, List<String> tls) {
    return lined(
        type(type),
        HOST,
        Key.optional("port", INTEGER, "The server's port; 990 with implicit TLS, else 21.")
            .withExample("2121"),
        Key.optional(
            "tls",
            new ValueType.OneOf(tls),
            "explicit",
            "How the connection is protected; off sends the password in clear."),
        PIN,
        CA,
        Key.required("user", TEXT, "Who logs in.").withExample("acme"),
        Key.secret("password", "What proves it; needed."),
        MAX_CONNECTIONS,
        PART_NAME);
  }

  private static Key type(String name) {
    return Key.required(
        "type", new ValueType.OneOf(List.of(name)), "The kind of server: " + name + ".");
  }
}
