package io.waybill.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Carries one file of a message: a name, a content type and bytes that are read when needed. */
public final class Attachment {
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+");

  // A short fixed table: what the platform guesses differs from machine to machine.
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("csv", "text/csv"),
          Map.entry(
              "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
          Map.entry("gif", "image/gif"),
          Map.entry("gz", "application/gzip"),
          Map.entry("html", "text/html"),
          Map.entry("ics", "text/calendar"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("json", "application/json"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("png", "image/png"),
          Map.entry(
              "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("txt", "text/plain"),
          Map.entry("webp", "image/webp"),
          Map.entry("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
          Map.entry("xml", "application/xml"),
          Map.entry("zip", "application/zip"));

  private final String name;
  private final String contentType;
  private final Source source;

  private Attachment(String name, String contentType, Source source) {
    FieldText.require("attachment name", name);
    if (name.isBlank()) {
      throw new MailException.InvalidMessage("attachment name", -1, "is empty");
    }
    if (!MEDIA_TYPE.matcher(contentType).matches()) {
      throw new MailException.InvalidMessage(
          "attachment content type", -1, "is not type/subtype without parameters");
    }
    String lower = contentType.toLowerCase(Locale.ROOT);
    if (lower.startsWith("multipart/") || lower.startsWith("message/")) {
      // RFC 2046 5.1 and 5.2.1 forbid base64 for both; as bytes they travel under a neutral type.
      throw new MailException.InvalidMessage(
          "attachment content type", -1, "may not be multipart/* or message/*");
    }
    this.name = name;
    this.contentType = lower;
    this.source = source;
  }

  /** Attaches a file under its own name; it is read when the message is prepared. */
  public static Attachment of(Path file) {
    Path fileName = file.getFileName();
    return of(file, fileName == null ? "" : fileName.toString());
  }

  /** Attaches a file under another name. */
  public static Attachment of(Path file, String name) {
    return new Attachment(name, typeOf(name), () -> Files.newInputStream(file));
  }

  /** Attaches a copy of the bytes; the content type follows from the name's extension. */
  public static Attachment of(String name, byte[] bytes) {
    return of(name, typeOf(name), bytes);
  }

  /** Attaches a copy of the bytes under a content type without parameters. */
  public static Attachment of(String name, String contentType, byte[] bytes) {
    byte[] copy = bytes.clone();
    return new Attachment(name, contentType, () -> new ByteArrayInputStream(copy));
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
   * @throws IOException if a file cannot be read
   */
  public InputStream open() throws IOException {
    return source.open();
  }

  @FunctionalInterface
  private interface Source {
    InputStream open() throws IOException;
  }
}
