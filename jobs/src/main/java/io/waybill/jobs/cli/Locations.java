package io.waybill.jobs.cli;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.Connection;
import io.waybill.jobs.Connection.Trust;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.jobs.Secret;
import io.waybill.jobs.log.SecretMask;
import io.waybill.jobs.step.Place;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.file.SafePath;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a person writes for a place: a path, {@code connection:/path} of the job file, or a
 * URI of a server.
 */
final class Locations {
  private static final Pattern URI_LIKE =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+)://.*", Pattern.DOTALL);
  private static final Pattern KEY = Pattern.compile("(://[^/@:]*):[^@]*@(?:[^/@\\s]*@)*");
  // as scp has it, with a password that it does not know either
  private static final Pattern SCP_KEY =
      Pattern.compile("(?<![^\\s\"'(])([^\\s:/@\"'(]+):([^\\s:/][^\\s]*)@([^\\s:/@]+):");
  private static final Pattern BEFORE_PATH = Pattern.compile("\\A[^:]+://[^/]*");
  private static final Pattern ENCODED_SPECIAL = Pattern.compile("(?i)%(?:2a|3f|5b|7b)");
  private static final Pattern PATTERN = Pattern.compile("[*?\\[{]");
  private static final int HUB_PORT = 7400;
  private static final int FTP_PORT = 21;
  private static final int FTPS_PORT = 990;
  private static final int SSH_PORT = 22;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final Supplier<Configuration> configuration;
  private final LoginOptions login;
  private final ServerOptions server;
  private final Consumer<String> warnings;

  /**
   * Creates a reader.
   *
   * @param configuration asked only where a connection of it is named
   * @param warnings told what a person should know
   */
  Locations(
      Supplier<Configuration> configuration,
      LoginOptions login,
      ServerOptions server,
      Consumer<String> warnings) {
    this.configuration = configuration;
    this.login = login;
    this.server = server;
    this.warnings = warnings;
  }

  /** Returns a text without the keys of the URIs in it. */
  static String masked(String text) {
    return SCP_KEY.matcher(KEY.matcher(text).replaceAll("$1:***@")).replaceAll("$1:***@$3:");
  }

  /**
   * Reads a place.
   *
   * @throws JobException.Configuration if it is none, or its login cannot be had
   */
  Place place(String text) {
    return read(text, Place::of);
  }

  private Place read(String text, BiFunction<String, Connections, Place> files) {
    requireText(text);
    Matcher uri = URI_LIKE.matcher(text);
    if (!uri.matches() || text.startsWith("file:")) {
      requireNoScpKey(text);
      boolean isNamed =
          Place.NAMED.matcher(text).matches() && !text.startsWith("/") && !text.startsWith("./");
      boolean isOfJobFile = isNamed && !text.startsWith("file:");
      return isOfJobFile
          ? named(text, files)
          : files.apply(text, Configuration.empty().connections());
    }
    return switch (uri.group(1).toLowerCase(Locale.ROOT)) {
      case "waybill" -> {
        List<String> hosts = hosts(text);
        Address address = address(hosts.get(0), text, HUB_PORT);
        List<Address> others =
            hosts.subList(1, hosts.size()).stream()
                .map(each -> address(each, text, HUB_PORT))
                .toList();
        yield new Place.Remote(hub(address, others), address.path());
      }
      case "ftp" -> {
        Address address = address(text, text, FTP_PORT);
        yield new Place.Remote(ftp(address), address.path());
      }
      case "sftp" -> {
        Address address = address(text, text, SSH_PORT);
        yield new Place.Remote(sftp(address), fromHome(address.path()));
      }
      case "http" -> web(text, false);
      case "https" -> web(text, true);
      case "ftps" -> {
        Address address = address(text, text, FTP_PORT);
        yield new Place.Remote(ftps(address), address.path());
      }
      default ->
          throw new JobException.Configuration(
              "this version cannot copy from or to %s:; it knows local paths, waybill://, ftp://, ftps://, sftp://, http://, https:// and CONNECTION:/path of the job file"
                  .formatted(uri.group(1)));
    };
  }

  private Place named(String text, BiFunction<String, Connections, Place> files) {
    Connections connections = configuration.get().connections();
    String name = text.substring(0, text.indexOf(':'));
    try {
      return files.apply(text, connections);
    } catch (JobException.Configuration e) {
      if (connections.find(name).isPresent()) {
        throw e;
      }
      throw new JobException.Configuration(
          "%s; a server that is none of these is named by a URI, sftp://%s/PATH, and a file of this machine with a \":\" by ./%s"
              .formatted(masked(String.valueOf(e.getMessage())), name, masked(text)),
          e);
    }
  }

  private void requireNoScpKey(String text) {
    Matcher scp = SCP_KEY.matcher(text);
    if (scp.lookingAt() && configuration.get().connections().find(scp.group(1)).isEmpty()) {
      throw new JobException.Configuration(
          "\"%s\" is no location, and a password is seen by everybody who sees the list of processes: write sftp://%s@%s/PATH and give the password by --key-file, --key-env or ~/.netrc"
              .formatted(masked(text), scp.group(1), scp.group(3)));
    }
  }

  /**
   * Reads a place to copy from: a pattern is in its last segment only.
   *
   * @throws JobException.Configuration if it is none, or its login cannot be had
   */
  Place source(String text) {
    Place place = read(text, Place::source);
    if (place instanceof Place.Remote remote && isEncoded(text)) {
      return remote.literal(); // who encodes a character means that character
    }
    String path = place.path();
    String directory = path.substring(0, Math.max(0, path.lastIndexOf('/')));
    boolean isThere = place instanceof Place.Local && Files.exists(Path.of(path));
    if (!isThere && PATTERN.matcher(directory).find()) {
      throw new JobException.Configuration(
          "a pattern is understood in the last segment only, and not in the directory of \"%s\"; use --include and --exclude for more"
              .formatted(masked(text)));
    }
    return place;
  }

  private static boolean isEncoded(String text) {
    String path = BEFORE_PATH.matcher(text).replaceFirst("");
    if (!URI_LIKE.matcher(text).matches() || !ENCODED_SPECIAL.matcher(path).find()) {
      return false;
    }
    if (path.indexOf('*') >= 0) {
      throw new JobException.Configuration(
          "\"%s\" has a \"*\" that is a pattern, and %%XX for a character that would be one too: use the directory with --include instead"
              .formatted(masked(text)));
    }
    return true;
  }

  /**
   * Reads the URI of a server.
   *
   * @throws JobException.Configuration if it is none, or its login cannot be had
   */
  Place.Remote remote(String text) {
    if (place(text) instanceof Place.Remote remote) {
      return remote;
    }
    throw new JobException.Configuration(
        "\"%s\" is no server; write waybill://[user@]host[:port]/, another URI, or a connection's name and :/"
            .formatted(masked(text)));
  }

  /** Splits {@code waybill://user@a:1,b:2/path} into a URI of the first host and of the others. */
  private static List<String> hosts(String text) {
    int from = text.indexOf("://") + 3;
    int slash = text.indexOf('/', from);
    int end = slash < 0 ? text.length() : slash;
    int at = text.lastIndexOf('@', end - 1);
    int begin = at < from ? from : at + 1;
    String[] names = text.substring(begin, end).split(",", -1);
    List<String> all = new ArrayList<>();
    for (String name : names) {
      if (name.isEmpty() && names.length > 1) {
        throw new JobException.Configuration(
            "\"%s\" names an empty host before or after a comma; name one there, or leave out the comma"
                .formatted(masked(text)));
      }
      all.add(
          all.isEmpty()
              ? text.substring(0, begin) + name + text.substring(end)
              : "waybill://" + name + "/");
    }
    return all;
  }

  private Connection.Hub hub(Address address, List<Address> others) {
    Trust trust = server.trust();
    address.user().ifPresent(Locations::requireAscii);
    return new Connection.Hub(
        "waybill://" + address.shown(),
        address.host(),
        address.port(),
        login.hubLogin(address.host(), address.user(), address.key()),
        trust,
        others.stream().map(other -> new Connection.Host(other.host(), other.port())).toList(),
        Connection.Line.USUAL);
  }

  private Connection.Ftp ftp(Address address) {
    warnings.accept("ftp://" + address.shown() + " gets the password and the files in clear");
    return ftp("ftp://", address, Connection.Tls.OFF, new Trust.Plaintext());
  }

  // explicit TLS, unless it is the port of the implicit one
  private Connection.Ftp ftps(Address address) {
    Trust trust = server.trust();
    if (trust instanceof Trust.Plaintext) {
      throw new JobException.Configuration(
          "--plaintext and ftps:// contradict each other: write ftp:// for a copy in clear");
    }
    return ftp(
        "ftps://",
        address,
        address.port() == FTPS_PORT ? Connection.Tls.IMPLICIT : Connection.Tls.STARTTLS,
        trust);
  }

  private Connection.Ftp ftp(String scheme, Address address, Connection.Tls tls, Trust trust) {
    Connection.Login who = login.login(address.host(), address.user(), address.key());
    return new Connection.Ftp(
        scheme + address.shown(),
        address.host(),
        address.port(),
        tls,
        trust,
        who.user(),
        who.password(),
        Connection.Line.USUAL);
  }

  // as other programs have it: /~/ is where a login begins
  private static String fromHome(String path) {
    return path.startsWith("/~/") ? path.substring("/~/".length()) : path;
  }

  private Connection.Sftp sftp(Address address) {
    String user = login.sshUser(address.user());
    return new Connection.Sftp(
        "sftp://" + address.shown(),
        address.host(),
        address.port(),
        user,
        login.sshLogin(address.host(), user, address.key()),
        server.hostKeys(),
        Connection.Line.USUAL);
  }

  private Place.Remote web(String text, boolean isTls) {
    int mark = text.indexOf('?');
    String before = mark < 0 ? text : text.substring(0, mark);
    Address address = address(before, text, isTls ? HTTPS_PORT : HTTP_PORT);
    Trust trust = isTls ? server.trust() : new Trust.Plaintext();
    if (isTls && trust instanceof Trust.Plaintext) {
      throw new JobException.Configuration(
          "--plaintext and https:// contradict each other: write http:// for a copy in clear");
    }
    Connection.Web web =
        new Connection.Web(
            (isTls ? "https://" : "http://") + address.shown(),
            address.host(),
            address.port(),
            trust,
            login.webLogin(address.host(), address.user(), address.key()),
            !isTls && server.isPlaintext(),
            Connection.Line.USUAL);
    return new Place.Remote(
        web, mark < 0 ? address.path() : WebQuery.add(address.path(), text.substring(mark + 1)));
  }

  private record Address(
      String host, int port, Optional<String> user, Optional<Secret> key, String path) {
    String shown() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Reads one host's address.
   *
   * @param uriText of this host alone
   * @param text as it was written, for messages
   */
  private Address address(String uriText, String text, int usualPort) {
    URI uri;
    try {
      uri = new URI(uriText);
    } catch (URISyntaxException e) {
      // its message repeats the text, which may hold a key
      throw new JobException.Configuration(
          "\"%s\" is no URI: %s%s; write blanks and other specials as %%XX"
              .formatted(
                  masked(text),
                  e.getReason(),
                  uriText.equals(text) ? " at character " + (e.getIndex() + 1) : ""));
    }
    if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new JobException.Configuration(
          "\"%s\" is not of the form SCHEME://[user@]host[:port]/path; write \"?\" as %%3F and \"#\" as %%23"
              .formatted(masked(text)));
    }
    String host = uri.getHost();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    int port = uri.getPort() < 0 ? usualPort : uri.getPort();
    if (port < 1 || port > 65_535) {
      throw new JobException.Configuration("a port is from 1 to 65535, and not " + port);
    }
    String[] who =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    requirePrintable(text, uri.getPath() == null ? "" : uri.getPath());
    requirePrintable(text, who.length > 0 ? decoded(who[0]) : "");
    return new Address(
        bare,
        port,
        who.length > 0 && !who[0].isEmpty() ? Optional.of(decoded(who[0])) : Optional.empty(),
        who.length > 1 ? Optional.of(given(decoded(who[1]))) : Optional.empty(),
        uri.getPath() == null ? "" : uri.getPath());
  }

  // Java shows bytes that are no UTF-8 as U+FFFD, and cannot find the file by it
  private static void requireText(String text) {
    if (text.indexOf('\uFFFD') >= 0) {
      throw new JobException.Configuration(
          "\"%s\" is not valid UTF-8, so that no file is found by it; rename the file%s"
              .formatted(masked(text), SafePath.localeHint()));
    }
  }

  private static void requireAscii(String user) {
    if (user.chars().anyMatch(c -> c >= 0x7F)) {
      throw new JobException.Configuration(
          "users of waybill servers have names in ASCII, and \"%s\" is not; correct it"
              .formatted(user));
    }
  }

  private static void requirePrintable(String text, String part) {
    if (part.chars().anyMatch(Character::isISOControl)) {
      throw new JobException.Configuration(
          "\"%s\" holds a control character, such as %%0A is; no server takes one, so leave it out"
              .formatted(masked(text)));
    }
  }

  private Secret given(String key) {
    SecretMask.ofThisProcess().remember(key);
    warnings.accept(
        "the key in the URI can be read by everybody who sees the list of processes or your shell's history; use --key-file, --key-env or ~/.netrc");
    return new Secret("the key in the URI", () -> key, SecretMask.ofThisProcess()::remember);
  }

  static String decoded(String text) {
    // URLDecoder is for forms, where a plus is a blank
    String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    if (decoded.indexOf('\uFFFD') >= 0) {
      // the text is not repeated: it may be a password
      throw new JobException.Configuration(
          "a %XX in the URI stands for no character of UTF-8; write a percent sign as %25");
    }
    return decoded;
  }
}
