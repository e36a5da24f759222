package io.waybill.jobs.step;

import io.waybill.jobs.Connection;
import io.waybill.jobs.Connections;
import io.waybill.jobs.JobException;
import io.waybill.transfer.WebQuery;
import io.waybill.transfer.file.SafePath;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A location of a job file after its connection was looked up: on this machine or on a remote one.
 */
public sealed interface Place {
  Pattern NAMED = Pattern.compile("([A-Za-z][A-Za-z0-9._-]+):(.*)", Pattern.DOTALL);

  /** Returns the path as written, without the connection. */
  String path();

  /** Returns it as a job file writes it. */
  String location();

  /** Returns the same place with another path. */
  Place withPath(String path);

  /** Says whether the path is one name, whatever characters it has, and no pattern. */
  boolean isLiteral();

  /** Returns the same place as one name. */
  Place literal();

  /** Says whether this is another place or below it, as far as their names tell. */
  default boolean isWithin(Place other) {
    if (this instanceof Local here && other instanceof Local there) {
      return here.toPath()
          .toAbsolutePath()
          .normalize()
          .startsWith(there.toPath().toAbsolutePath().normalize());
    }
    return this instanceof Remote here
        && other instanceof Remote there
        && here.isAtServerOf(there)
        && here.connection().name().equals(there.connection().name())
        && (there.plainPath().isEmpty()
            || (here.plainPath() + "/").startsWith(there.plainPath() + "/"));
  }

  /** On this machine. */
  record Local(String path, boolean isLiteral) implements Place {
    /** A path that may be a pattern, where one is understood. */
    public Local(String path) {
      this(path, false);
    }

    @Override
    public Local literal() {
      return new Local(path, true);
    }

    @Override
    public Local withPath(String other) {
      return new Local(other);
    }

    @Override
    public String location() {
      boolean isMistaken = NAMED.matcher(path).matches() && !path.startsWith("/");
      return isMistaken ? "./" + path : path;
    }

    Path toPath() {
      try {
        return Path.of(path);
      } catch (InvalidPathException e) {
        throw new JobException.Configuration(
            "not a path on this machine: \"%s\"; correct it%s"
                .formatted(path, SafePath.localeHint()),
            e);
      }
    }

    @Override
    public String toString() {
      return path;
    }
  }

  /** On a connection. */
  record Remote(Connection connection, String path, boolean isLiteral) implements Place {
    /** A path that may be a pattern, where one is understood. */
    public Remote(Connection connection, String path) {
      this(connection, path, false);
    }

    @Override
    public Remote withPath(String other) {
      return new Remote(connection, other);
    }

    @Override
    public String location() {
      return toString();
    }

    @Override
    public Remote literal() {
      return new Remote(connection, path, true);
    }

    /**
     * Returns the path from the root of what this login sees: without what leads nowhere else, and
     * without a query, which may or may not.
     */
    String plainPath() {
      Deque<String> segments = new ArrayDeque<>();
      for (String each : WebQuery.without(path).split("/", -1)) {
        if (each.equals("..")) {
          segments.pollLast();
        } else if (!each.isEmpty() && !each.equals(".")) {
          segments.addLast(each);
        }
      }
      return String.join("/", segments);
    }

    /** Says whether another place is at the same server, whoever logs in. */
    boolean isAtServerOf(Remote other) {
      return connection.port() == other.connection.port()
          && connection.host().equalsIgnoreCase(other.connection.host());
    }

    @Override
    public String toString() {
      String shown = WebQuery.shown(path);
      // one that was written as a URI is shown as one
      return connection.name().contains("://")
          ? connection.name() + (shown.startsWith("/") ? "" : "/") + shown
          : connection.name() + ":" + shown;
    }
  }

  private static Local local(String path) {
    Local local = new Local(path);
    local.toPath(); // what is none is refused here, before anything is done
    return local;
  }

  /**
   * Reads a place to copy from, which may be a pattern.
   *
   * @throws JobException.Configuration as {@link #of} does, and if what a URI encodes would be
   *     taken for a pattern
   */
  static Place source(String text, Connections connections) {
    Place place = of(text, connections);
    FileUri.requireNoPattern(text, place);
    return place;
  }

  /**
   * Reads a place whose name others are told.
   *
   * @throws JobException.Configuration as {@link #of} does, and if its name has a control character
   */
  static Place tellable(String text, Connections connections) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      throw new JobException.Configuration(
          "\"%s\" has a control character in its name; rename it"
              .formatted(text.replaceAll("\\p{Cntrl}", "?")));
    }
    return of(text, connections);
  }

  /**
   * Reads {@code connection:/path}, a path or {@code file:///path}. One letter before the colon is
   * a drive, as everywhere.
   *
   * @throws JobException.Configuration if the connection is unknown or cannot hold files, or if it
   *     is no path of this machine
   */
  static Place of(String text, Connections connections) {
    if (text.isEmpty()) {
      throw new JobException.Configuration("a location is empty");
    }
    Matcher named = NAMED.matcher(text);
    if (!named.matches() || text.startsWith("/") || text.startsWith("./")) {
      return local(text);
    }
    if (FileUri.is(text)) {
      return local(FileUri.path(text));
    }
    if (named.group(2).startsWith("//")) {
      throw new JobException.Configuration(
          "\""
              + named.group(1)
              + "://\" needs a login, which a job file keeps under \"connections\": define one and write NAME:/path");
    }
    Connection connection = connections.require(named.group(1), Connection.class);
    if (connection instanceof Connection.Mailbox || connection instanceof Connection.Outgoing) {
      throw new JobException.Configuration(
          "connection \"" + connection.name() + "\" is for mail and holds no files");
    }
    String path = named.group(2);
    return new Remote(
        connection, connection instanceof Connection.Web ? WebQuery.parse(path) : path);
  }
}
