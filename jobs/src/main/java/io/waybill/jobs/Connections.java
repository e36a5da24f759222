package io.waybill.jobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The named connections of a configuration. */
public final class Connections {
  private static final Connections NONE = of(List.of());
  private final Map<String, Connection> byName;

  private Connections(Map<String, Connection> byName) {
    this.byName = byName;
  }

  public static Connections none() {
    return NONE;
  }

  /**
   * Takes connections in the file's order.
   *
   * @throws JobException.Configuration if two have one name
   */
  public static Connections of(Collection<? extends Connection> connections) {
    Map<String, Connection> byName = new LinkedHashMap<>();
    for (Connection connection : connections) {
      if (byName.put(connection.name(), connection) != null) {
        throw new JobException.Configuration(
            "two connections are called \"" + connection.name() + "\"");
      }
    }
    return new Connections(byName);
  }

  public Optional<Connection> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Returns the connection of a name and a kind.
   *
   * @throws JobException.Configuration if there is none, or it is of another kind
   */
  public <C extends Connection> C require(String name, Class<C> kind) {
    Connection connection =
        find(name)
            .orElseThrow(
                () ->
                    new JobException.Configuration(
                        "no connection is called \"" + name + "\"; there are: " + names()));
    if (!kind.isInstance(connection)) {
      throw new JobException.Configuration(
          "connection \""
              + name
              + "\" is of type "
              + typeName(connection)
              + ", and a "
              + typeName(kind)
              + " connection is needed here");
    }
    return kind.cast(connection);
  }

  public List<String> names() {
    return new ArrayList<>(byName.keySet());
  }

  private static String typeName(Connection connection) {
    return connection instanceof Connection.Ftp ftp && ftp.tls() != Connection.Tls.OFF
        ? "ftps"
        : typeName(connection.getClass());
  }

  private static String typeName(Class<?> kind) {
    return switch (kind.getSimpleName()) {
      case "Ftp" -> "ftp";
      case "Hub" -> "waybill";
      case "Mailbox" -> "imap";
      case "Outgoing" -> "smtp";
      default -> kind.getSimpleName();
    };
  }
}
