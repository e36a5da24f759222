package io.waybill.mail.mime;

import io.waybill.mail.Attachment;
import io.waybill.mail.Header;
import io.waybill.mail.Message;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Writes a message as the simplest MIME tree that carries its parts. */
final class MimeComposer {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Message message;
  private final Supplier<String> unique;

  /** {@code unique} makes the boundaries. */
  MimeComposer(Message message, Supplier<String> unique) {
    this.message = message;
    this.unique = unique;
  }

  void write(String messageId, Instant date, OutputStream out) throws IOException {
    HeaderWriter headers =
        new HeaderWriter()
            .structured("Date", DATE.format(date))
            .addresses("From", List.of(message.from()))
            .addresses("Reply-To", message.replyTo())
            .addresses("To", message.to())
            .addresses("Cc", message.cc())
            .structured("Message-ID", messageId)
            .unstructured("Subject", message.subject());
    for (Header header : message.headers()) {
      headers.unstructured(header.name(), header.value());
    }
    headers.structured("MIME-Version", "1.0");
    root().write(headers, out);
  }

  private Part root() {
    List<Part> bodies = new ArrayList<>();
    message.text().ifPresent(text -> bodies.add(new TextPart("plain", text)));
    message.html().ifPresent(html -> bodies.add(new TextPart("html", html)));
    if (bodies.isEmpty() && message.attachments().isEmpty()) {
      bodies.add(new TextPart("plain", ""));
    }
    List<Part> parts = new ArrayList<>();
    if (!bodies.isEmpty()) {
      parts.add(bodies.size() == 1 ? bodies.get(0) : multipart("alternative", bodies));
    }
    if (message.attachments().isEmpty()) {
      return parts.get(0);
    }
    message.attachments().forEach(attachment -> parts.add(new FilePart(attachment)));
    return multipart("mixed", parts);
  }

  private Part multipart(String subtype, List<Part> parts) {
    return new Multipart(subtype, "=_" + unique.get(), parts);
  }

  private interface Part {
    void write(HeaderWriter headers, OutputStream out) throws IOException;
  }

  private record TextPart(String subtype, String text) implements Part {
    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      BodyEncoder body = BodyEncoder.text(text);
      headers.structured("Content-Type", "text/" + subtype + ";", "charset=UTF-8");
      headers.structured("Content-Transfer-Encoding", body.encoding());
      out.write(headers.end());
      body.writeTo(out);
    }
  }

  private record FilePart(Attachment attachment) implements Part {
    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      List<String> disposition = new ArrayList<>(List.of("attachment;"));
      disposition.addAll(HeaderWriter.parameter("filename", attachment.name()));
      headers.structured("Content-Type", attachment.contentType());
      headers.structured("Content-Disposition", disposition.toArray(String[]::new));
      headers.structured("Content-Transfer-Encoding", "base64");
      out.write(headers.end());
      try (InputStream in = attachment.open()) {
        BodyEncoder.writeBase64(in, out);
      }
    }
  }

  private record Multipart(String subtype, String boundary, List<Part> parts) implements Part {
    @Override
    public void write(HeaderWriter headers, OutputStream out) throws IOException {
      headers.structured(
          "Content-Type", "multipart/" + subtype + ";", "boundary=\"" + boundary + "\"");
      out.write(headers.end());
      for (Part part : parts) {
        out.write(ascii("\r\n--" + boundary + "\r\n"));
        part.write(new HeaderWriter(), out);
      }
      out.write(ascii("\r\n--" + boundary + "--\r\n"));
    }

    private static byte[] ascii(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
