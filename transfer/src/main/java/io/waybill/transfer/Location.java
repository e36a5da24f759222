package io.waybill.transfer;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a file or directory is: a URI of one of the known schemes, or a path of this machine. It
 * never holds a secret: {@code user:password@} is refused, and {@code toString} masks the user.
 */
public final class Location {
  /** The kinds of places. */
  public enum Scheme {
    /** A path of this machine. */
    FILE,
    /** FTP. */
    FTP,
    /** FTP over TLS. */
    FTPS,
    /** The file transfer of SSH. */
    SFTP,
    /** HTTP. */
    HTTP,
    /** HTTP over TLS. */
    HTTPS,
    /** Our own chunked protocol. */
    WAYBILL;

    /** Returns the scheme as it stands in a URI. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  // two characters at least: "C:\x" is a path
  private static final Pattern SCHEME =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

  private final Scheme scheme;
  private final @Nullable String user;
  private final @Nullable String host;
  private final int port;
  private final String path;

  private Location(
      Scheme scheme, @Nullable String user, @Nullable String host, int port, String path) {
    this.scheme = scheme;
    this.user = user;
    this.host = host;
    this.port = port;
    this.path = path;
  }

  /** Wraps a path of this machine. */
  public static Location of(Path path) {
    return new Location(Scheme.FILE, null, null, -1, path.toString());
  }

  /**
   * Names a remote path.
   *
   * @param port the port, or -1 for the scheme's own
   * @param path the path, not percent-encoded
   */
  public static Location of(Scheme scheme, String host, int port, String path) {
    return new Location(scheme, null, Objects.requireNonNull(host, "host"), port, path);
  }

  /**
   * Reads a URI or a local path.
   *
   * @throws IllegalArgumentException if the scheme is unknown, the URI is malformed, has no host
   *     where it needs one, or holds a password; the message never repeats the text
   */
  public static Location parse(String text) {
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      if (text.isEmpty() || text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("A location is a URI or a path, not empty, without NUL");
      }
      return new Location(Scheme.FILE, null, null, -1, text);
    }
    Scheme scheme = scheme(matcher.group(1));
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      // its message quotes the text, which may hold a secret
      throw new IllegalArgumentException(
          "Malformed %s URI at index %d: %s; write blanks and other specials as %%XX"
              .formatted(scheme.label(), e.getIndex(), e.getReason()));
    }
    if (uri.isOpaque() || uri.getPath() == null) {
      throw new IllegalArgumentException("Write " + scheme.label() + "://host/path");
    }
    if (scheme == Scheme.FILE) {
      return new Location(scheme, null, null, -1, uri.getPath());
    }
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("No host in this " + scheme.label() + " URI");
    }
    String user = uri.getUserInfo();
    if (user != null && user.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "No password in a " + scheme.label() + " URI: give it as a secret beside the location");
    }
    // in a query %2B and + are not the same to a server: it stays as it was written
    String path =
        uri.getRawQuery() == null ? uri.getPath() : WebQuery.add(uri.getPath(), uri.getRawQuery());
    return new Location(scheme, user, uri.getHost(), uri.getPort(), path);
  }

  private static Scheme scheme(String label) {
    for (Scheme each : Scheme.values()) {
      if (each.label().equals(label.toLowerCase(Locale.ROOT))) {
        return each;
      }
    }
    String known =
        Arrays.stream(Scheme.values()).map(Scheme::label).collect(Collectors.joining(", "));
    throw new IllegalArgumentException(
        "Unknown scheme '%s'; known are %s. A local name with a colon is written ./%s:..."
            .formatted(label, known, label));
  }

  /** Returns the kind of place. */
  public Scheme scheme() {
    return scheme;
  }

  /** Returns the user named in the URI, if any. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Returns the host; empty for a path of this machine. */
  public Optional<String> host() {
    return Optional.ofNullable(host);
  }

  /** Returns the port if one was named. */
  public OptionalInt port() {
    return port < 0 ? OptionalInt.empty() : OptionalInt.of(port);
  }

  /** Returns the path, decoded; its query, if there is one, as it was written. */
  public String path() {
    return path;
  }

  /** Returns the same endpoint with another path. */
  public Location withPath(String other) {
    return new Location(scheme, user, host, port, other);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Location that
        && scheme == that.scheme
        && Objects.equals(user, that.user)
        && Objects.equals(host, that.host)
        && port == that.port
        && path.equals(that.path);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, user, host, port, path);
  }

  @Override
  public String toString() {
    if (host == null) {
      return path;
    }
    String bracketed = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    return scheme.label()
        + "://"
        + (user == null ? "" : "***@")
        + bracketed
        + (port < 0 ? "" : ":" + port)
        + (path.startsWith("/") ? "" : "/")
        + WebQuery.shown(path);
  }
}
