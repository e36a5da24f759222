package io.waybill.mail.template;

import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;

/**
 * Makes mails from data: an HTML template, a text template or both, and a subject.
 *
 * <p>Templates are Mustache, which knows names and no logic: {@code {{name}}}, dotted names ({@code
 * {{steps.pull.files}}}), sections for lists, maps and conditions ({@code {{#files}}…{{/files}}},
 * {@code {{^files}}none{{/files}}}), {@code {{.}}} for the value itself, {@code {{-index}}}, {@code
 * {{-first}}} and {@code {{-last}}} within lists, comments ({@code {{! }}}) and partials ({@code
 * {{> footer}}}: {@code footer.html} below the base directory, {@code footer.txt} in texts). A
 * section is left out for false, an empty list, an empty text and an empty Optional.
 *
 * <p>In HTML, values are escaped: they are safe as text and within quoted attributes, not within
 * scripts, styles or as a whole address of a link. {@code {{{name}}}} and {@code {{&name}}} insert
 * HTML that the caller vouches for. In texts and subjects values stand as they are. A name that the
 * data does not have, or has as null, is an error that says file and line, in sections too.
 *
 * <p>Data are maps with text keys, lists, texts, numbers, booleans, {@code java.time} values (by
 * their {@code toString}) and Optional, at most 32 levels deep. Everything else is refused before
 * anything is rendered: no template reaches a method of any object.
 *
 * <p>An {@code <img src>} with a relative path becomes an inline part of the mail, read when
 * rendering: png, jpg, jpeg, gif, svg and webp files really below the base directory, 10 MiB each,
 * 25 MiB in all. {@code http}, {@code https}, {@code data} and {@code cid} stay as they are.
 *
 * <p>Immutable, and safe for use by several threads.
 */
public final class MailTemplate {
  private final Builder sources;
  private final @Nullable CompiledTemplate subject;
  private final @Nullable CompiledTemplate html;
  private final @Nullable CompiledTemplate text;
  private final @Nullable BaseDirectory directory;

  private MailTemplate(Builder builder) {
    if (builder.html == null && builder.text == null) {
      throw new MailException.InvalidMessage("template", -1, "has neither HTML nor text");
    }
    sources = builder.copy();
    directory = builder.directory == null ? null : new BaseDirectory(builder.directory);
    subject = builder.subject == null ? null : CompiledTemplate.text(builder.subject, directory);
    html = builder.html == null ? null : CompiledTemplate.html(builder.html, directory);
    text = builder.text == null ? null : CompiledTemplate.text(builder.text, directory);
  }

  /**
   * Reads a template and, if there is one, its other half: {@code statements.html} (or {@code
   * .htm}) and {@code statements.txt} in the same directory belong together, whichever is named. To
   * read exactly one file, use {@link #builder()}. The base directory is the file's own.
   *
   * @throws MailException.ContentUnavailable if a file cannot be read
   * @throws MailException.InvalidMessage if the name ends otherwise, a file is larger than 1 MiB or
   *     not UTF-8, or a tag in it is wrong
   */
  public static MailTemplate load(Path file) {
    String name = String.valueOf(file.getFileName());
    String stem = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    Builder builder = builder();
    if (isHtml(file)) {
      builder.html(file);
      sibling(file, stem, List.of(".txt")).ifPresent(builder::text);
    } else if (name.toLowerCase(Locale.ROOT).endsWith(".txt")) {
      builder.text(file);
      sibling(file, stem, List.of(".html", ".htm")).ifPresent(builder::html);
    } else {
      throw new MailException.InvalidMessage(
          "template " + file, -1, "is of no known kind: the name must end in .html, .htm or .txt");
    }
    return builder.build();
  }

  /** Starts without any template. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder that holds what this template was made from; no file is read again. */
  public Builder toBuilder() {
    return sources.copy();
  }

  /**
   * Renders a mail of at most 10,485,760 characters each of HTML and text.
   *
   * @throws MailException.InvalidMessage if a value is missing or of a kind that may not be given,
   *     an image may not be read, the subject is not one line, or a bound is passed; the error
   *     names the line and the variable, never a value
   */
  public RenderedMail render(Map<String, ?> data) {
    Map<String, Object> values = PlainValues.copy(data);
    String line = subject == null ? null : subject.render(values);
    String plain = text == null ? null : text.render(values);
    String markup = null;
    InlineImages images = new InlineImages(directory);
    if (html != null) {
      String rendered = html.render(values);
      Document document = Jsoup.parse(rendered, "", Parser.htmlParser().setTrackPosition(true));
      markup = images.embed(rendered, document);
      plain = plain == null ? HtmlText.of(document) : plain;
      line = line == null ? title(document) : line;
    }
    RenderedMail mail = new RenderedMail(line, markup, plain == null ? "" : plain, images.images());
    // what a message would refuse later is refused here, by the same rules
    mail.applyTo(Message.builder());
    return mail;
  }

  private static @Nullable String title(Document document) {
    String title = document.title();
    return title.isEmpty() ? null : title;
  }

  private static boolean isHtml(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".html") || name.endsWith(".htm");
  }

  private static Optional<Path> sibling(Path file, String stem, List<String> extensions) {
    return extensions.stream()
        .map(extension -> file.resolveSibling(stem + extension))
        .filter(sibling -> Files.isRegularFile(sibling))
        .findFirst();
  }

  /** Builds a {@link MailTemplate}; not safe for use by several threads. */
  public static final class Builder {
    private @Nullable TemplateSource subject;
    private @Nullable TemplateSource html;
    private @Nullable TemplateSource text;
    private @Nullable Path directory;

    private Builder() {}

    private Builder copy() {
      Builder copy = new Builder();
      copy.subject = subject;
      copy.html = html;
      copy.text = text;
      copy.directory = directory;
      return copy;
    }

    /**
     * Sets the subject, which must render to one line; without it the HTML's title is taken.
     *
     * @throws MailException.InvalidMessage if it is longer than 1,048,576 characters
     */
    public Builder subject(String template) {
      subject = TemplateSource.of("subject", template);
      return this;
    }

    /**
     * Sets the HTML.
     *
     * @throws MailException.InvalidMessage if it is longer than 1,048,576 characters
     */
    public Builder html(String template) {
      html = TemplateSource.of("html", template);
      return this;
    }

    /**
     * Sets the HTML and, unless there is a base directory, that of the file as the base directory.
     *
     * @throws MailException.ContentUnavailable if the file cannot be read
     * @throws MailException.InvalidMessage if it is larger than 1 MiB or not UTF-8
     */
    public Builder html(Path file) {
      html = TemplateSource.read(file, file.toString());
      return below(file);
    }

    /**
     * Sets the text; without it the text is made from the HTML.
     *
     * @throws MailException.InvalidMessage if it is longer than 1,048,576 characters
     */
    public Builder text(String template) {
      text = TemplateSource.of("text", template);
      return this;
    }

    /**
     * Sets the text and, unless there is a base directory, that of the file as the base directory.
     *
     * @throws MailException.ContentUnavailable if the file cannot be read
     * @throws MailException.InvalidMessage if it is larger than 1 MiB or not UTF-8
     */
    public Builder text(Path file) {
      text = TemplateSource.read(file, file.toString());
      return below(file);
    }

    /** Sets the directory below which images and partials are; without it there are none. */
    public Builder baseDirectory(Path path) {
      directory = path;
      return this;
    }

    /**
     * Compiles the templates.
     *
     * @throws MailException.InvalidMessage if there is neither HTML nor text, or a tag is wrong;
     *     the error names file and line
     */
    public MailTemplate build() {
      return new MailTemplate(this);
    }

    private Builder below(Path file) {
      if (directory == null) {
        directory = file.toAbsolutePath().getParent();
      }
      return this;
    }
  }
}
