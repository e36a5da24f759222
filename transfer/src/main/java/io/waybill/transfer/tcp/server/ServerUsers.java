package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.ClientIdentity;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
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
 * Who may log in, and where each one's files are. Users files are looked at again at each login: a
 * bad line bars its user, a file that cannot be read leaves the users as they were. Safe for use by
 * several threads.
 */
final class ServerUsers {
  private static final Logger LOG = LoggerFactory.getLogger(ServerUsers.class);

  private final Path serverRoot;
  private final Quotas quotas = new Quotas();
  private byte[] decoySecret = new byte[ScramKey.HASH_BYTES];
  private final Map<String, Account> given = new LinkedHashMap<>();
  private final Map<UsersFile, UsersFile.Version> files = new LinkedHashMap<>();
  private final Set<Path> own = new LinkedHashSet<>();
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

    /** Whether there is something to see; says at the server what to do if not. */
    boolean hasRoot() {
      boolean isThere = Files.isDirectory(root);
      if (!isThere) {
        LOG.warn(
            "event=user-root-missing user={} directory={} next=\"make or mount it; until then the user is not let in\"",
            user.name(),
            root);
      }
      return isThere;
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
    Account account = account(user, proof);
    if (accounts.containsKey(user.name())) {
      throw new IllegalArgumentException("User " + user.name() + " is given twice");
    }
    given.put(user.name(), account);
    Map<String, Account> all = new LinkedHashMap<>(accounts);
    all.put(user.name(), account);
    accounts = all;
  }

  /**
   * Adds the users of a file, now and whenever it changes.
   *
   * @throws IOException if it cannot be read
   */
  synchronized void add(UsersFile file) throws IOException {
    UsersFile.Version version = file.version();
    Map<String, Account> all = new LinkedHashMap<>(accounts);
    take(file, all);
    files.put(file, version);
    own.add(file.path());
    accounts = all;
  }

  /** Sets what decoys are made of: if that outlives a restart, so do they. */
  synchronized void decoysOf(byte[] secret) {
    decoySecret = secret;
  }

  /** Names a file of the server's own, such as its key. */
  synchronized void keepFromUsers(Path file) {
    own.add(file);
  }

  /**
   * Looks whether a user sees a file of the server's own: who may write there could make users, who
   * may read there could be the server.
   *
   * @return what is wrong, in words
   */
  synchronized Optional<String> exposed() {
    return accounts.values().stream().flatMap(each -> exposedTo(each).stream()).findFirst();
  }

  private Optional<String> exposedTo(Account account) {
    return own.stream()
        .filter(file -> isBelow(file, account.root()))
        .map(
            file ->
                "%s lies in %s, where user %s could reach it"
                    .formatted(file, account.root(), account.user().name()))
        .findFirst();
  }

  private static boolean isBelow(Path file, Path root) {
    try {
      return file.toRealPath().startsWith(root.toRealPath());
    } catch (IOException e) { // one of them is not there, and cannot be reached
      return false;
    }
  }

  private Account account(ServerUser user, UserProof proof) {
    return new Account(user, proof, serverRoot.resolve(user.root()).normalize());
  }

  private void take(UsersFile file, Map<String, Account> into) throws IOException {
    UsersFile.Reading reading = file.load();
    reading.mistakes().forEach(ServerUsers::barred);
    for (UsersFile.Entry each : reading.entries()) {
      Account account = account(each.user(), each.proof());
      String name = each.user().name();
      Optional<String> exposed = exposedTo(account);
      if (exposed.isPresent()) {
        barred(exposed.get());
      } else if (!account.root().startsWith(serverRoot)) {
        barred(file + ": the root of user " + name + " lies outside " + serverRoot);
      } else if (into.putIfAbsent(name, account) != null) {
        barred(file + ": user " + name + " is given elsewhere too, and that one counts");
      } else {
        account.hasRoot();
      }
    }
  }

  private static void barred(String why) {
    LOG.warn(
        "event=user-barred reason=\"{}\" next=\"mend the line; the other users are as the file says\"",
        why);
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
          file.path(),
          e.toString());
      return null;
    }
  }

  private void reload() {
    Map<String, Account> all = new LinkedHashMap<>(given);
    try {
      for (UsersFile file : files.keySet()) {
        take(file, all);
      }
    } catch (IOException e) {
      LOG.warn(
          "event=users-file-refused reason=\"{}\" next=\"the users stay as they were\"",
          e.getMessage());
      return;
    }
    accounts = all;
    if (all.isEmpty()) {
      LOG.warn("event=no-users next=\"nobody can log in until the users file names somebody\"");
    } else {
      LOG.info("event=users-changed count={}", all.size());
    }
  }

  synchronized boolean isEmpty() {
    return accounts.isEmpty();
  }

  /** Those who do not come from a file. */
  synchronized List<Account> given() {
    return List.copyOf(given.values());
  }

  /** The directories that users see. */
  synchronized Set<Path> roots() {
    Set<Path> roots = new LinkedHashSet<>();
    accounts.values().forEach(each -> roots.add(each.root()));
    return roots;
  }

  /** The user of that name, if it may log in from there. */
  Optional<Account> account(String name, InetAddress from) {
    return Optional.ofNullable(current().get(name)).filter(each -> each.mayComeFrom(from));
  }

  /** Why a login with a key failed, for the server's own log only. */
  String whyRefused(String name, InetAddress from) {
    Account account = current().get(name);
    if (account == null) {
      return "there is no such user";
    }
    if (!account.mayComeFrom(from)) {
      return "the user may not come from there";
    }
    return account.proof() instanceof UserProof.Key
        ? "the key is wrong"
        : "the user has a certificate and no key, or shows another's";
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

  private synchronized byte[] decoySecret() {
    return decoySecret;
  }

  /**
   * The key of a user; a decoy for one that does not exist, has no key or may not come from there,
   * so that nobody can tell.
   */
  ScramKey key(String name, InetAddress from) {
    // made in any case, so that both take as long
    ScramKey decoy = ScramKey.decoy(name, decoySecret());
    return account(name, from)
        .map(each -> each.proof() instanceof UserProof.Key proof ? proof.key() : decoy)
        .orElse(decoy);
  }
}
