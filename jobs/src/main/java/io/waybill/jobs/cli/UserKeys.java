package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/** The names and keys that users of a server can have. */
final class UserKeys {
  /** Less could be guessed by whoever reads the users file. */
  static final int LEAST_CHARACTERS = 16;

  private static final int KEY_BYTES = 32;
  // needs no quotes in a URI, in a shell or in the users file
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}");

  private UserKeys() {}

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * Refuses what is no name.
   *
   * @throws JobException.Configuration if it is none
   */
  static void requireName(String text) {
    if (!isName(text)) {
      throw new JobException.Configuration(
          "a user's name has 1 to 64 of A-Z a-z 0-9 . _ @ - and begins with neither - nor . ; \"%s\" is none, choose another"
              .formatted(text.length() > 80 ? text.substring(0, 80) + "..." : text));
    }
  }

  /**
   * Refuses a key that could be guessed.
   *
   * @throws JobException.Configuration if it is too short
   */
  static void requireLong(String key) {
    if (key.length() < LEAST_CHARACTERS) {
      throw new JobException.Configuration(
          "a key has %d characters at least, and the one given has %d: take a longer one, or let waybill make one, with --key-file and the name of a file that is not there yet"
              .formatted(LEAST_CHARACTERS, key.length()));
    }
  }

  static String random() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Writes a key to a new file that only its owner can read.
   *
   * @throws JobException.Configuration if it cannot be made
   */
  static void write(String key, Path file) {
    boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] ownerOnly =
        isPosix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (FileChannel out =
        FileChannel.open(
            file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), ownerOnly)) {
      Channels.newOutputStream(out).write((key + "\n").getBytes(StandardCharsets.US_ASCII));
      out.force(true);
    } catch (NoSuchFileException e) {
      throw new JobException.Configuration(
          "the key file %s cannot be made: its directory does not exist; make it first"
              .formatted(file),
          e);
    } catch (FileAlreadyExistsException e) {
      throw new JobException.Configuration(
          "the key file " + file + " was made by somebody else just now; look whose it is", e);
    } catch (IOException e) {
      throw new JobException.Configuration(
          "the key file %s cannot be written (%s); name another".formatted(file, e), e);
    }
  }

  /** Takes a written key away again. */
  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new JobException.Configuration("the key file " + file + " is of no use; delete it", e);
    }
  }
}
