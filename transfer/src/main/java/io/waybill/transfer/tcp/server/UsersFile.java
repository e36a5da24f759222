package io.waybill.transfer.tcp.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import io.waybill.transfer.tcp.login.ScramKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A server's users, one a line: {@code <name> TAB <SCRAM key> TAB <root>}. The SCRAM key checks
 * logins and cannot make one; the root is relative to the server's, {@code .} for all of it. Empty
 * lines and such that start with {@code #} are left out. Only the owner may read the file.
 */
public final class UsersFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path file;

  /** Names the file, which need not exist yet. */
  public UsersFile(Path file) {
    this.file = file;
  }

  /**
   * Adds a user, or gives one a new key and root.
   *
   * @param user printable ASCII
   * @param key printable ASCII; not kept
   * @param root below the server's root, {@code .} for all of it
   * @throws IllegalArgumentException if a part holds what it must not
   * @throws IOException if the file cannot be read or written
   */
  public void put(String user, String key, String root) throws IOException {
    ScramKey.requirePrintable("user name", user);
    if (user.startsWith("#") || root.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "A user name must not start with '#', a root must not hold control characters");
    }
    Map<String, String> lines = Files.exists(file) ? lines() : new LinkedHashMap<>();
    String written = ScramKey.derive(key, new SecureRandom()).format();
    lines.put(user, user + "\t" + written + "\t" + root);
    write(lines);
  }

  private void write(Map<String, String> lines) throws IOException {
    Path fresh =
        Files.createTempFile(file.toAbsolutePath().getParent(), ".users", ".tmp", ownerOnly());
    Files.write(fresh, lines.values(), UTF_8);
    Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /**
   * Returns the users' names.
   *
   * @throws IOException if the file cannot be read or is malformed
   */
  public List<String> names() throws IOException {
    return List.copyOf(lines().keySet());
  }

  /**
   * Takes a user out.
   *
   * @return whether there was one
   * @throws IOException if the file cannot be read or written
   */
  public boolean remove(String user) throws IOException {
    Map<String, String> lines = lines();
    if (lines.remove(user) == null) {
      return false;
    }
    write(lines);
    return true;
  }

  /** Adds all users of the file. */
  public void addTo(ServerUsers users, Path serverRoot) throws IOException {
    if (isPosix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + " can be read by others than its owner: run chmod 600 " + file);
    }
    for (String line : lines().values()) {
      List<String> parts = List.of(line.split("\t", 3));
      users.add(
          parts.get(0), ScramKey.parse(parts.get(1)), serverRoot.resolve(parts.get(2)).normalize());
    }
  }

  private Map<String, String> lines() throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    int number = 0;
    for (String line : Files.readAllLines(file, UTF_8)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] parts = line.split("\t", 3);
      if (parts.length != 3) {
        throw new IOException(file + ":" + number + ": expected <name> TAB <SCRAM key> TAB <root>");
      }
      try {
        ScramKey.requirePrintable("user name", parts[0]);
        ScramKey.parse(parts[1]);
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
      }
      if (lines.putIfAbsent(parts[0], line) != null) {
        throw new IOException(file + ":" + number + ": user " + parts[0] + " is there twice");
      }
    }
    return lines;
  }

  private FileAttribute<?>[] ownerOnly() {
    List<FileAttribute<?>> attributes = new ArrayList<>();
    if (isPosix()) {
      attributes.add(PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    return attributes.toArray(FileAttribute<?>[]::new);
  }

  private boolean isPosix() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  @Override
  public String toString() {
    return "UsersFile[" + file + "]";
  }
}
