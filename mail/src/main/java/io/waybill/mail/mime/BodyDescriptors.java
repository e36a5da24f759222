package io.waybill.mail.mime;

import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.james.mime4j.stream.BodyDescriptor;
import org.apache.james.mime4j.stream.BodyDescriptorBuilder;
import org.apache.james.mime4j.stream.Field;
import org.apache.james.mime4j.stream.RawField;
import org.jspecify.annotations.Nullable;

/**
 * Tells the parser what a part is, read as everywhere else here: its own reading knows no comments,
 * and has no boundary for a multipart that names none.
 */
final class BodyDescriptors implements BodyDescriptorBuilder {
  private final Supplier<Optional<String>> guess;
  private @Nullable ParameterReader type;

  /** {@code guess} is what seems to be the boundary of a message that names none. */
  BodyDescriptors(Supplier<Optional<String>> guess) {
    this.guess = guess;
  }

  @Override
  public void reset() {
    type = null;
  }

  @Override
  public @Nullable Field addField(RawField field) {
    if (type == null && field.getNameLowerCase().strip().equals("content-type")) {
      String line = field.getBody().replaceAll("[\\r\\n]+[ \\t]*", " ").strip();
      type = new ParameterReader(line, UnaryOperator.identity());
    }
    return null; // it stays as it is
  }

  @Override
  public BodyDescriptor build() {
    ParameterReader known = type;
    String name = known == null || known.value().isEmpty() ? "text/plain" : known.value();
    if (known == null || !name.startsWith("multipart/")) {
      return new Descriptor(name, null);
    }
    Optional<String> boundary = known.parameter("boundary").filter(b -> !b.isEmpty()).or(guess);
    // The parser cannot have a multipart without one.
    return new Descriptor(boundary.isEmpty() ? "text/plain" : name, boundary.orElse(null));
  }

  @Override
  public BodyDescriptorBuilder newChild() {
    return new BodyDescriptors(Optional::empty);
  }

  /** Only what decides on the structure; all else is read where it is needed. */
  private record Descriptor(String mimeType, @Nullable String boundary) implements BodyDescriptor {
    @Override
    public String getMimeType() {
      return mimeType;
    }

    @Override
    public @Nullable String getBoundary() {
      return boundary;
    }

    @Override
    public String getMediaType() {
      return mimeType.split("/", 2)[0];
    }

    @Override
    public String getSubType() {
      return mimeType.substring(mimeType.indexOf('/') + 1);
    }

    @Override
    public @Nullable String getCharset() {
      return null;
    }

    @Override
    public String getTransferEncoding() {
      return "7bit";
    }

    @Override
    public long getContentLength() {
      return -1;
    }
  }
}
