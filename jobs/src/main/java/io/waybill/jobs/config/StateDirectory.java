package io.waybill.jobs.config;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a machine remembers between runs, and where in it each thing lies. Only its owner can look
 * into it.
 */
public final class StateDirectory {
  /** The environment variable that says where it is. */
  public static final String VARIABLE = "WAYBILL_STATE";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;

  private StateDirectory(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  /** Takes a directory; nothing is created. */
  public static StateDirectory at(Path path) {
    return new StateDirectory(path);
  }

  /**
   * Finds the directory: the one given with {@code --state}, else {@code $WAYBILL_STATE}, else
   * {@code waybill} in the XDG state directory. Nothing is created.
   *
   * @param environment {@code WAYBILL_STATE}, {@code XDG_STATE_HOME}, {@code HOME}
   * @throws JobException.Configuration if nothing says where
   */
  public static StateDirectory of(Optional<Path> given, Map<String, String> environment) {
    return given
        .or(
            () ->
                Optional.ofNullable(environment.get(VARIABLE))
                    .filter(value -> !value.isBlank())
                    .map(Path::of))
        .or(
            () ->
                XdgDirectories.of("XDG_STATE_HOME", ".local/state", environment)
                    .map(home -> home.resolve("waybill")))
        .map(StateDirectory::new)
        .orElseThrow(
            () ->
                new JobException.Configuration(
                    "no place for the state: $HOME is not set; give one with --state DIR"));
  }

  /**
   * Creates what is missing, for the owner only ({@code 0700}).
   *
   * @throws JobException.Configuration if it cannot be created, or if others can write into one
   *     that is there
   */
  public void create() {
    try {
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      createPrivate(path);
      for (Path inside : List.of(store(), keys(), journals(), runs(), serve(), mailTokens())) {
        createPrivate(inside);
      }
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the state directory "
              + path
              + " cannot be created ("
              + e.getClass().getSimpleName()
              + "); give another with --state DIR",
          e);
    }
  }

  private void createPrivate(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, privately());
    } catch (FileAlreadyExistsException e) {
      requirePrivate(directory, e);
    }
  }

  private FileAttribute<?>[] privately() {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private void requirePrivate(Path directory, FileAlreadyExistsException found) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new JobException.Configuration(
          directory + " is no directory; give another state directory with --state DIR", found);
    }
    PosixFileAttributeView posix =
        Files.getFileAttributeView(directory, PosixFileAttributeView.class);
    if (posix == null) {
      return;
    }
    Set<PosixFilePermission> permissions = posix.readAttributes().permissions();
    if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || permissions.contains(PosixFilePermission.GROUP_WRITE)) {
      throw new JobException.Configuration(
          "others can write into the state directory "
              + directory
              + ", and could have runs of their own started; run: chmod 700 "
              + directory);
    }
  }

  public Path path() {
    return path;
  }

  /** Returns the directory of the embedded database. */
  public Path store() {
    return path.resolve("store");
  }

  /** Returns the file that says at which server the store is, where it is not in here. */
  public Path storeAddress() {
    return path.resolve("store-address");
  }

  /** Returns the directory of the store's backups that are given no other; made by the first. */
  public Path backups() {
    return path.resolve("backups");
  }

  /** Returns the directory of this machine's server: its identity and its users. */
  public Path serve() {
    return path.resolve("serve");
  }

  /** Returns the file in which a live daemon says how it is reached. */
  public Path daemonFile() {
    return path.resolve("daemon.json");
  }

  /** Returns the directory of this machine's own keys. */
  public Path keys() {
    return path.resolve("keys");
  }

  /** Returns the file of the secrets that {@code waybill secret set} keeps. */
  public Path keystore() {
    return path.resolve("secrets.keystore");
  }

  /** Returns the directory of the refresh tokens by which mail connections log in. */
  public Path mailTokens() {
    return path.resolve("mail-tokens");
  }

  /** Returns the directory of what unfinished transfers remember. */
  public Path journals() {
    return path.resolve("journals");
  }

  /** Returns the file of the servers that are known. */
  public Path knownHosts() {
    return path.resolve("known-hosts");
  }

  /** Returns the directory of the runs' logs. */
  public Path runs() {
    return path.resolve("runs");
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
