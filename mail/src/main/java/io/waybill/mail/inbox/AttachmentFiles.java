package io.waybill.mail.inbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.waybill.mail.MailException;
import io.waybill.mail.mime.ParsedMail;
import io.waybill.mail.mime.ReceivedAttachment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Saves attachments as files of one directory, by names that cannot lead out of it. Nothing is ever
 * replaced: where a name is taken, whatever has it, a number is added. A file appears under its
 * name when it is whole and on the disk.
 */
public final class AttachmentFiles {
  private static final int BUFFER = 64 * 1024;
  private static final int MOST_NUMBERS = 10_000;

  private final Path directory;
  private final long mostBytes;
  private final String partPrefix;

  private AttachmentFiles(Path directory, long mostBytes, String partPrefix) {
    this.directory = directory;
    this.mostBytes = mostBytes;
    this.partPrefix = partPrefix;
  }

  /**
   * Saves into a directory that exists.
   *
   * @param mostBytes what is larger is refused, each by itself
   * @throws IOException if it does not exist, or is none
   */
  public static AttachmentFiles in(Path directory, long mostBytes) throws IOException {
    Path real = directory.toRealPath();
    if (!Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(directory + " is no directory");
    }
    return new AttachmentFiles(real, mostBytes, ".waybill-");
  }

  /**
   * Returns the same for work that may have been begun before: what was left unfinished of it, as
   * its process was killed, is removed.
   *
   * @param work the same text each time, and for nothing else that goes on meanwhile
   * @throws IOException if it cannot be removed
   */
  public AttachmentFiles resuming(String work) throws IOException {
    String prefix = partPrefix + UUID.nameUUIDFromBytes(work.getBytes(UTF_8)) + "-";
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, prefix + "*.part")) {
      for (Path each : left) {
        Files.deleteIfExists(each);
      }
    }
    return new AttachmentFiles(directory, mostBytes, prefix);
  }

  /**
   * Returns what is attached to a message, in order.
   *
   * @param withInline whether also the pictures that its HTML shows by their Content-ID
   */
  public static List<ReceivedAttachment> attached(ParsedMail mail, boolean withInline) {
    ShownPictures shown = new ShownPictures(mail);
    return mail.attachments().stream().filter(each -> withInline || !shown.contains(each)).toList();
  }

  /**
   * Saves what is attached to a message.
   *
   * @param withInline whether also the pictures that its HTML shows by their Content-ID
   * @return the files, in the order of the attachments
   * @throws MailException.InvalidMessage if one is too large; nothing is saved then
   * @throws IOException if a file cannot be written; those before it stay
   */
  public List<Path> save(ParsedMail mail, boolean withInline) throws IOException {
    List<Path> saved = new ArrayList<>();
    save(mail, withInline, saved::add);
    return List.copyOf(saved);
  }

  /**
   * Saves what is attached to a message as {@link #save(ParsedMail, boolean)} does.
   *
   * @param saved is told of each file as soon as it is there, also where a later one fails
   * @throws MailException.InvalidMessage if one is too large; nothing is saved then
   * @throws IOException if a file cannot be written; those before it stay
   */
  public void save(ParsedMail mail, boolean withInline, Consumer<Path> saved) throws IOException {
    List<ReceivedAttachment> wanted = attached(mail, withInline);
    for (ReceivedAttachment each : wanted) {
      if (each.sizeBytes() > mostBytes) {
        throw new MailException.InvalidMessage(
            "attachment " + each.name(),
            -1,
            "has %d bytes, and %d are the most".formatted(each.sizeBytes(), mostBytes));
      }
    }
    for (ReceivedAttachment each : wanted) {
      try (InputStream in = each.open()) {
        saved.accept(save(each.name(), in));
      }
    }
  }

  /**
   * Saves bytes under a name, or one like it.
   *
   * @param name without directories, as {@link ReceivedAttachment#name}
   */
  public Path save(String name, InputStream content) throws IOException {
    return save(name, content, target -> {});
  }

  /**
   * Saves bytes as {@link #save(String, InputStream)} does.
   *
   * @param appearing is told of each place before the file may appear there, so that it can be
   *     written down and found again by whoever goes on after the process has ended
   */
  public Path save(String name, InputStream content, Consumer<Path> appearing) throws IOException {
    if (name.isEmpty() || !Path.of(name).getFileName().toString().equals(name)) {
      throw new IOException("no name of a file: " + name);
    }
    Path part = directory.resolve(partPrefix + UUID.randomUUID() + ".part");
    try {
      write(part, content);
      return publish(part, name, appearing);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void write(Path part, InputStream content) throws IOException {
    try (FileChannel file =
        FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
      }
      file.force(true);
    }
  }

  /** A second name for the same file is refused where anything has it, a link too. */
  private Path publish(Path part, String name, Consumer<Path> appearing) throws IOException {
    for (int number = 1; number <= MOST_NUMBERS; number++) {
      Path target = directory.resolve(numbered(name, number));
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        continue;
      }
      appearing.accept(target);
      if (publishAs(part, target)) {
        return target;
      }
    }
    throw new IOException(MOST_NUMBERS + " files are called like " + name + " in " + directory);
  }

  /** Returns whether the name was free. */
  private static boolean publishAs(Path part, Path target) throws IOException {
    try {
      Files.createLink(target, part);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | IOException e) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
      Files.move(part, target); // a file system without links
      return true;
    }
  }

  private static String numbered(String name, int number) {
    if (number == 1) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    return dot > 0
        ? name.substring(0, dot) + "-" + number + name.substring(dot)
        : name + "-" + number;
  }
}
