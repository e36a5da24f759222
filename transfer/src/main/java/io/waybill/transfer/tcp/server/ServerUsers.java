package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.ClientIdentity;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may log in, and where each one's files are. Users files are looked at again at each login;
 * what is bad in one leaves the users as they were. Safe for use by several threads.
 */
final class ServerUsers {
  private static final Logger LOG = LoggerFactory.getLogger(ServerUsers.class);

  private final Path serverRoot;
  private final Quotas quotas = new Quotas();
  private final byte[] decoySecret = new byte[ScramKey.HASH_BYTES];
  private final Map<String, Account> given = new LinkedHashMap<>();
  private final Map<UsersFile, UsersFile.Version> files = new LinkedHashMap<>();
  private Map<String, Account> accounts = Map.of();

  /**
   * A user at this server.
   *
   * @param root absolute
   */
  record Account(ServerUser user, UserProof proof, Path root) {
    boolean mayComeFrom(InetAddress address) {
      return user.from().contains(address);
    }
  }

  ServerUsers(Path serverRoot) {
    this.serverRoot = serverRoot;
    new SecureRandom().nextBytes(decoySecret);
  }

  /**
   * Adds a user.
   *
   * @throws IllegalArgumentException if there is one of that name
   */
  synchronized void add(ServerUser user, UserProof proof) {
    Map<String, Account> all = new LinkedHashMap<>(accounts);
    put(all, user, proof);
    put(given, user, proof);
    accounts = all;
  }

  /**
   * Adds the users of a file, now and whenever it changes.
   *
   * @throws IOException if it cannot be used
   * @throws IllegalArgumentException if a user is there already
   */
  synchronized void add(UsersFile file) throws IOException {
    UsersFile.Version version = file.version();
    Map<String, Account> all = new LinkedHashMap<>(accounts);
    file.load().forEach(each -> put(all, each.user(), each.proof()));
    files.put(file, version);
    accounts = all;
  }

  private void put(Map<String, Account> into, ServerUser user, UserProof proof) {
    Path root = serverRoot.resolve(user.root()).normalize();
    if (into.putIfAbsent(user.name(), new Account(user, proof, root)) != null) {
      throw new IllegalArgumentException("User " + user.name() + " is given twice");
    }
  }

  // the version is noted before the file is read, and of a bad one too: it is said once
  private synchronized Map<String, Account> current() {
    boolean isChanged = false;
    for (Map.Entry<UsersFile, UsersFile.Version> each : files.entrySet()) {
      UsersFile.Version version = versionOf(each.getKey());
      if (version != null && !version.equals(each.getValue())) {
        each.setValue(version);
        isChanged = true;
      }
    }
    if (isChanged) {
      reload();
    }
    return accounts;
  }

  private static UsersFile.@Nullable Version versionOf(UsersFile file) {
    try {
      return file.version();
    } catch (IOException e) {
      LOG.warn(
          "event=users-file-unreadable file={} reason=\"{}\" next=\"the users stay as they were\"",
          file,
          e.getMessage());
      return null;
    }
  }

  private void reload() {
    Map<String, Account> all = new LinkedHashMap<>(given);
    try {
      for (UsersFile file : files.keySet()) {
        file.load().forEach(each -> put(all, each.user(), each.proof()));
      }
      for (Account each : all.values()) {
        if (!each.root().startsWith(serverRoot)) {
          throw new IOException(
              "the root of " + each.user().name() + " lies outside " + serverRoot);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn(
          "event=users-file-refused reason=\"{}\" next=\"the users stay as they were\"",
          e.getMessage());
      return;
    }
    accounts = all;
    LOG.info("event=users-changed count={}", all.size());
  }

  synchronized boolean isEmpty() {
    return accounts.isEmpty();
  }

  /** Everyone there is now. */
  synchronized List<Account> all() {
    return List.copyOf(accounts.values());
  }

  /** The directories that users see. */
  Set<Path> roots() {
    Set<Path> roots = new LinkedHashSet<>();
    all().forEach(each -> roots.add(each.root()));
    return roots;
  }

  /** The user of that name, if it may log in from there. */
  Optional<Account> account(String name, InetAddress from) {
    return Optional.ofNullable(current().get(name)).filter(each -> each.mayComeFrom(from));
  }

  /** What a user may add to its root. */
  Quota quota(Account account) {
    return quotas.of(account.root(), account.user().quotaBytes());
  }

  /** Has what is used counted anew when it is next needed. */
  void forgetUsage() {
    quotas.forget();
  }

  /** The names of those whose certificate that is, and who may log in from there. */
  List<String> certified(ClientIdentity certificate, InetAddress from) {
    return current().values().stream()
        .filter(each -> each.mayComeFrom(from) && isOf(certificate, each))
        .map(each -> each.user().name())
        .toList();
  }

  private static boolean isOf(ClientIdentity certificate, Account account) {
    if (account.proof() instanceof UserProof.Pinned pinned) {
      return pinned.pin().equals(certificate.pin());
    }
    return account.proof() instanceof UserProof.Certified
        && certificate.commonName().equals(Optional.of(account.user().name()));
  }

  /** The public keys of those who log in with a certificate, now. */
  Set<Pin> pins() {
    Set<Pin> pins = new LinkedHashSet<>();
    for (Account each : current().values()) {
      if (each.proof() instanceof UserProof.Pinned pinned) {
        pins.add(pinned.pin());
      }
    }
    return pins;
  }

  /**
   * The key of a user; a decoy for one that does not exist, has no key or may not come from there,
   * so that nobody can tell.
   */
  ScramKey key(String name, InetAddress from) {
    // made in any case, so that both take as long
    ScramKey decoy = ScramKey.decoy(name, decoySecret);
    return account(name, from)
        .map(each -> each.proof() instanceof UserProof.Key proof ? proof.key() : decoy)
        .orElse(decoy);
  }
}
