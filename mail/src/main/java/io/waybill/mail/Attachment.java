package io.waybill.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carries one file of a message: a name, a content type and bytes that are read when needed.
 *
 * <p>A content type is {@code type/subtype} without parameters; where none is given it follows from
 * the extension of the name. {@code multipart/*} and {@code message/*} are refused but for {@code
 * message/rfc822}, a mail as a file: what cannot travel under that type (RFC 2046 5.2.1 forbids to
 * encode it) is sent as {@code application/octet-stream}.
 */
public final class Attachment {
  /** The type of a whole mail. */
  public static final String MAIL = "message/rfc822";

  private static final int MAX_NAME = 1000;

  // A short fixed table: what the platform guesses differs from machine to machine.
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("7z", "application/x-7z-compressed"),
          Map.entry("csv", "text/csv"),
          Map.entry("doc", "application/msword"),
          Map.entry(
              "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
          Map.entry("eml", MAIL),
          Map.entry("gif", "image/gif"),
          Map.entry("gz", "application/gzip"),
          Map.entry("htm", "text/html"),
          Map.entry("html", "text/html"),
          Map.entry("ics", "text/calendar"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("json", "application/json"),
          Map.entry("log", "text/plain"),
          Map.entry("mp4", "video/mp4"),
          Map.entry("ods", "application/vnd.oasis.opendocument.spreadsheet"),
          Map.entry("odt", "application/vnd.oasis.opendocument.text"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("png", "image/png"),
          Map.entry(
              "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("tar", "application/x-tar"),
          Map.entry("txt", "text/plain"),
          Map.entry("webp", "image/webp"),
          Map.entry("xls", "application/vnd.ms-excel"),
          Map.entry("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
          Map.entry("xml", "application/xml"),
          Map.entry("zip", "application/zip"));

  private final String name;
  private final String contentType;
  private final ContentSource source;

  private Attachment(String name, String contentType, ContentSource source) {
    FieldText.requireName("attachment name", name);
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new MailException.InvalidMessage(
          "attachment name", -1, "is empty or longer than " + MAX_NAME + " characters");
    }
    this.name = name;
    this.contentType = mediaType(contentType);
    this.source = source;
  }

  private static String mediaType(String type) {
    String field = "attachment content type";
    FieldText.requireOnly(field, type, Attachment::isTypeCharacter, "holds no character of a type");
    int slash = type.indexOf('/');
    if (slash <= 0 || slash == type.length() - 1 || slash != type.lastIndexOf('/')) {
      throw new MailException.InvalidMessage(field, -1, "is not type/subtype without parameters");
    }
    String lower = type.toLowerCase(Locale.ROOT);
    if (lower.startsWith("multipart/") || (lower.startsWith("message/") && !lower.equals(MAIL))) {
      // RFC 2046 5.1 and 5.2 forbid base64 for them; as bytes they travel under a neutral type.
      throw new MailException.InvalidMessage(
          field, -1, "may be neither multipart/* nor, but for message/rfc822, message/*");
    }
    return lower;
  }

  private static boolean isTypeCharacter(int c) {
    return FieldText.isAlphanumeric(c) || "/!#$&^_.+-".indexOf(c) >= 0;
  }

  /** Attaches a file under its own name; it is read when the message is prepared. */
  public static Attachment of(Path file) {
    Path fileName = file.getFileName();
    return of(file, fileName == null ? "" : fileName.toString());
  }

  /** Attaches a file under another name. */
  public static Attachment of(Path file, String name) {
    return of(file, name, typeOf(name));
  }

  /** Attaches a file under another name and a content type. */
  public static Attachment of(Path file, String name, String contentType) {
    return new Attachment(name, contentType, () -> Files.newInputStream(file));
  }

  /** Attaches a copy of the bytes. */
  public static Attachment of(String name, byte[] bytes) {
    return of(name, typeOf(name), bytes);
  }

  /** Attaches a copy of the bytes under a content type. */
  public static Attachment of(String name, String contentType, byte[] bytes) {
    byte[] copy = bytes.clone();
    return new Attachment(name, contentType, () -> new ByteArrayInputStream(copy));
  }

  /** Attaches what the source opens, each time the message is prepared. */
  public static Attachment of(String name, ContentSource source) {
    return of(name, typeOf(name), source);
  }

  /** Attaches what the source opens under a content type. */
  public static Attachment of(String name, String contentType, ContentSource source) {
    return new Attachment(name, contentType, source);
  }

  /** Attaches what is left of a stream, as {@link #ofStream(String, String, InputStream)}. */
  public static Attachment ofStream(String name, InputStream stream) {
    return ofStream(name, typeOf(name), stream);
  }

  /**
   * Attaches what is left of a stream, which is read and closed when the message is prepared; it
   * can be prepared only once.
   */
  public static Attachment ofStream(String name, String contentType, InputStream stream) {
    AtomicReference<@Nullable InputStream> once = new AtomicReference<>(stream);
    return new Attachment(name, contentType, () -> take(once));
  }

  private static InputStream take(AtomicReference<@Nullable InputStream> once) throws IOException {
    InputStream stream = once.getAndSet(null);
    if (stream == null) {
      throw new IOException(
          "a stream can be attached to one prepared message only, and was read before:"
              + " attach a source that can be opened again");
    }
    return stream;
  }

  private static String typeOf(String name) {
    int dot = name.lastIndexOf('.');
    String extension = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, "application/octet-stream");
  }

  /** Returns the name that the receiver sees. */
  public String name() {
    return name;
  }

  /** Returns the media type in lower case, without parameters. */
  public String contentType() {
    return contentType;
  }

  /**
   * Opens the content from its first byte; the caller closes it.
   *
   * @throws IOException if it cannot be read, or was a stream that was read before
   */
  public InputStream open() throws IOException {
    return source.open();
  }
}
