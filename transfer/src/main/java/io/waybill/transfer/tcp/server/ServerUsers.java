package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.ClientIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Who may log in, and where each one's files are. */
final class ServerUsers {
  private final Map<String, User> users = new HashMap<>();
  private final byte[] decoySecret = new byte[ScramKey.HASH_BYTES];

  private record User(ScramKey key, Path root) {}

  public ServerUsers() {
    new SecureRandom().nextBytes(decoySecret);
  }

  public void add(String name, ScramKey key, Path root) {
    ScramKey.requirePrintable("user name", name);
    if (users.putIfAbsent(name, new User(key, root)) != null) {
      throw new IllegalArgumentException("User " + name + " is given twice");
    }
  }

  public boolean isEmpty() {
    return users.isEmpty();
  }

  /** The key of a user; a decoy for one that does not exist, so that nobody can tell. */
  public ScramKey key(String name) {
    User user = users.get(name);
    return user == null ? ScramKey.decoy(name, decoySecret) : user.key;
  }

  /** The user whose certificate that is; empty if it is nobody's. */
  Optional<String> certified(ClientIdentity certificate) {
    return certificate.commonName().filter(users::containsKey);
  }

  /** The root of a user who has logged in. */
  public Path root(String name) {
    User user = users.get(name);
    if (user == null) {
      throw new IllegalStateException("nobody can log in as " + name);
    }
    return user.root;
  }

  public Iterable<Path> roots() {
    return users.values().stream().map(User::root).toList();
  }
}
