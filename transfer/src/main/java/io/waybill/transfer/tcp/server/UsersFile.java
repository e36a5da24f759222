package io.waybill.transfer.tcp.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.waybill.transfer.file.DirectoryHandle;
import io.waybill.transfer.tcp.login.ScramKey;
import io.waybill.transfer.tcp.tls.Pin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A server's users, one a line: {@code <name> TAB <proof> TAB <root> [TAB <options>]}.
 *
 * <ul>
 *   <li>The proof is a SCRAM key, which checks logins and cannot make one; {@code certificate}, for
 *       one by an authority that the server trusts; or {@code sha-256:}, a pin of the client's key.
 *   <li>The root is relative to the server's, {@code .} for all of it.
 *   <li>Options: {@code permissions=read,write,list,delete quota=10GiB from=10.0.0.0/8,::1}, each
 *       of which may be missing: all permissions, no quota, from anywhere.
 * </ul>
 *
 * Empty lines and such that start with {@code #} are left out, and kept, as is a malformed line,
 * which bars its user and nobody else. Only the owner may read the file. A server that runs looks
 * at each login whether it has changed.
 */
public final class UsersFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final String COLUMNS = "<name> TAB <proof> TAB <root> [TAB <options>]";

  private final Path file;

  /** A user and its proof. */
  record Entry(ServerUser user, UserProof proof) {}

  /**
   * What a server makes of the file.
   *
   * @param mistakes one for each line that is not taken: where and why
   */
  record Reading(List<Entry> entries, List<String> mistakes) {}

  /** Tells versions of the file apart; each change by {@link #put} makes a file anew. */
  record Version(
      FileTime modified, long size, @Nullable Object key, Set<PosixFilePermission> mode) {}

  /** Names the file, which need not exist yet. */
  public UsersFile(Path file) {
    this.file = file;
  }

  /**
   * Adds a user, or gives one a new key and root; the options of one who is there stay.
   *
   * @param user printable ASCII
   * @param key printable ASCII; not kept
   * @param root below the server's root, {@code .} for all of it
   * @throws IllegalArgumentException if a part holds what it must not
   * @throws IOException if the file cannot be read or written
   */
  public void put(String user, String key, String root) throws IOException {
    ServerUser.Builder fresh = ServerUser.builder(user);
    for (ServerUser each : list()) {
      if (each.name().equals(user)) {
        fresh = each.toBuilder();
      }
    }
    put(fresh.root(root).build(), key);
  }

  /**
   * Adds a user who logs in with a key, or replaces all there is of one.
   *
   * @param key printable ASCII; not kept
   * @throws IllegalArgumentException if the key is empty or not printable
   * @throws IOException if the file cannot be read or written
   */
  public void put(ServerUser user, String key) throws IOException {
    put(user, new UserProof.Key(ScramKey.derive(key, new SecureRandom())));
  }

  /**
   * Adds a user who logs in with the certificate of this public key, or replaces all there is.
   *
   * @throws IOException if the file cannot be read or written
   */
  public void put(ServerUser user, Pin pin) throws IOException {
    put(user, new UserProof.Pinned(pin));
  }

  /**
   * Adds a user who logs in with a certificate by an authority that the server trusts, with the
   * user's name in it, or replaces all there is of one.
   *
   * @throws IOException if the file cannot be read or written
   */
  public void putCertified(ServerUser user) throws IOException {
    put(user, new UserProof.Certified());
  }

  private void put(ServerUser user, UserProof proof) throws IOException {
    String options = UserOptions.format(user);
    String line =
        String.join("\t", user.name(), proof.format(), user.root())
            + (options.isEmpty() ? "" : "\t" + options);
    List<String> lines = Files.exists(file) ? lines() : new ArrayList<>();
    lines.removeIf(each -> isOf(each, user.name()));
    lines.add(line);
    write(lines);
  }

  /**
   * Takes a user out; what it has open goes on until its connection ends.
   *
   * @return whether there was one
   * @throws IOException if the file cannot be read or written
   */
  public boolean remove(String user) throws IOException {
    List<String> lines = Files.exists(file) ? lines() : new ArrayList<>();
    boolean wasThere = lines.removeIf(each -> isOf(each, user));
    if (wasThere) {
      write(lines);
    }
    return wasThere;
  }

  /**
   * Returns the users that a server takes, without what they prove themselves by; none if there is
   * no file.
   *
   * @throws IOException if the file cannot be read
   */
  public List<ServerUser> list() throws IOException {
    return Files.exists(file)
        ? read(lines()).entries().stream().map(Entry::user).toList()
        : List.of();
  }

  /**
   * Returns what is wrong with the file, where and why, one for each line that a server does not
   * take; none if there is no file.
   *
   * @throws IOException if the file cannot be read
   */
  public List<String> mistakes() throws IOException {
    return Files.exists(file) ? read(lines()).mistakes() : List.of();
  }

  /**
   * Returns the names of those of {@link #list} who log in with a key, and not with a certificate.
   *
   * @throws IOException if the file cannot be read
   */
  public List<String> namesWithKey() throws IOException {
    return Files.exists(file)
        ? read(lines()).entries().stream()
            .filter(each -> each.proof() instanceof UserProof.Key)
            .map(each -> each.user().name())
            .toList()
        : List.of();
  }

  /**
   * Reads all users for a server: a malformed line bars its user, and nobody else.
   *
   * @throws IOException if the file cannot be read, or can be read by others
   */
  Reading load() throws IOException {
    requireFile();
    if (isPosix() && !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + " can be read by others than its owner: run chmod 600 " + file);
    }
    return read(lines());
  }

  /** Where it is. */
  Path path() {
    return file;
  }

  /** Which version of the file there is. */
  Version version() throws IOException {
    BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
    return new Version(
        found.lastModifiedTime(),
        found.size(),
        found.fileKey(),
        isPosix() ? Files.getPosixFilePermissions(file) : Set.of());
  }

  private void requireFile() throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException(file + " is a directory, where the file of the users should be");
    }
  }

  private List<String> lines() throws IOException {
    requireFile();
    try {
      return new ArrayList<>(Files.readAllLines(file, UTF_8));
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text; mend it, or make the users anew", e);
    }
  }

  private static boolean isOf(String line, String user) {
    return !line.startsWith("#") && line.startsWith(user + "\t");
  }

  private Reading read(List<String> lines) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Set<String> twice = new HashSet<>();
    List<String> mistakes = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String where = file + ":" + number + ": ";
      try {
        Entry entry = entry(line);
        String name = entry.user().name();
        if (entries.putIfAbsent(name, entry) != null) {
          twice.add(name);
          mistakes.add(where + "user " + name + " is there twice, so neither line counts");
        }
      } catch (IllegalArgumentException e) {
        mistakes.add(where + e.getMessage());
      }
    }
    entries.keySet().removeAll(twice); // the one that was meant cannot be told
    return new Reading(List.copyOf(entries.values()), mistakes);
  }

  private static Entry entry(String line) {
    String[] columns = line.split("\t", 4);
    if (columns.length < 3) {
      throw new IllegalArgumentException("expected " + COLUMNS);
    }
    ServerUser.Builder user = ServerUser.builder(columns[0]).root(columns[2]);
    if (columns.length == 4) {
      UserOptions.parse(columns[3], user);
    }
    return new Entry(user.build(), UserProof.parse(columns[1]));
  }

  private void write(List<String> lines) throws IOException {
    Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
    Path fresh = Files.createTempFile(directory, ".users", ".tmp", ownerOnly());
    try {
      Files.write(fresh, lines, UTF_8);
      try (FileChannel written = FileChannel.open(fresh, WRITE)) {
        written.force(true);
      }
      Files.move(fresh, file, ATOMIC_MOVE, REPLACE_EXISTING);
      try (DirectoryHandle handle = DirectoryHandle.open(directory)) {
        handle.force();
      }
    } finally {
      Files.deleteIfExists(fresh);
    }
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
