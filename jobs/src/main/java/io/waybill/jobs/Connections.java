package io.waybill.jobs;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The named connections of a configuration. */
public final class Connections {
  private static final Connections NONE = of(List.of());
  private final Map<String, Connection> byName;
  private final Set<String> wrong;

  private Connections(Map<String, Connection> byName, Set<String> wrong) {
    this.byName = byName;
    this.wrong = wrong;
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
    return new Connections(byName, Set.of());
  }

  /**
   * Returns the same, and knows what else the file defines.
   *
   * @param defined names of all that it defines; of those that are wrong, which was told, whoever
   *     uses them is not blamed
   */
  public Connections among(Set<String> defined) {
    Set<String> others = new LinkedHashSet<>(defined);
    others.removeAll(byName.keySet());
    return new Connections(byName, others);
  }

  public Optional<Connection> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /**
   * Returns the connection of a name and a kind.
   *
   * @throws JobException.Configuration if there is none, or it is of another kind
   * @throws Arguments.Unknown while the file is read, if the file says it wrong
   */
  public <C extends Connection> C require(String name, Class<C> kind) {
    requireRight(name);
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

  /**
   * Checks that a name is not that of a connection which the file says wrong.
   *
   * @throws Arguments.Unknown if it is
   */
  public void requireRight(String name) {
    if (wrong.contains(name)) {
      throw new Arguments.Unknown(name);
    }
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
