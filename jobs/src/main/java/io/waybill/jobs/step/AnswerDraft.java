package io.waybill.jobs.step;

import io.waybill.jobs.ItemText;
import io.waybill.jobs.JobException;
import io.waybill.mail.Attachment;
import io.waybill.mail.InlinePart;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.template.HtmlText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a step writes to answer messages, or to pass them on, before it is known which ones: what
 * could be checked was.
 */
final class AnswerDraft {
  private final String from;
  private final List<String> to;
  private final List<String> cc;
  private final List<String> bcc;
  private final @Nullable String envelopeFrom;
  private final @Nullable ItemText text;
  private final @Nullable String html;
  private final @Nullable Path template;
  private final Map<String, Object> data;
  private final List<Path> attach;
  private final Map<String, Path> inline;
  private final Map<String, String> headers;

  private AnswerDraft(Builder builder) {
    from = builder.from;
    to = List.copyOf(builder.to);
    cc = List.copyOf(builder.cc);
    bcc = List.copyOf(builder.bcc);
    envelopeFrom = builder.envelopeFrom;
    text = builder.text;
    html = builder.html;
    template = builder.template;
    data = new LinkedHashMap<>(builder.data);
    attach = List.copyOf(builder.attach);
    inline = new LinkedHashMap<>(builder.inline);
    headers = new LinkedHashMap<>(builder.headers);
  }

  static Builder builder(String from) {
    return new Builder(from);
  }

  /** Returns the author. */
  String from() {
    return from;
  }

  /**
   * Puts a message together.
   *
   * @param begun has its subject, and what answering or passing on makes of the other message
   * @param item the other message, for texts and templates
   * @param below what the other message says, in plain text; empty for nothing of it
   * @param values what a template can name besides
   * @throws JobException.NotFound if a file is not there
   * @throws MailException.InvalidMessage if what comes out is no message
   */
  Message compose(Message.Builder begun, MailItem item, String below, Map<String, Object> values) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    all.put("message", item.plain());
    Message composed =
        draft(begun, Optional.ofNullable(text).map(t -> t.of(Map.of("message", item.plain()))))
            .compose(all);
    if (below.isEmpty()) {
      return composed;
    }
    String own = composed.text().map(t -> t.stripTrailing() + "\n\n").orElse("");
    Message.Builder whole = composed.toBuilder().text(own + below);
    composed.html().ifPresent(page -> whole.html(page + OriginalText.asHtml(below)));
    return whole.build();
  }

  private MailDraft draft(Message.Builder begun, Optional<String> ownText) {
    begun.from(from);
    to.forEach(begun::to);
    cc.forEach(begun::cc);
    bcc.forEach(begun::bcc);
    if (envelopeFrom != null) {
      begun.envelopeFrom(envelopeFrom);
    }
    headers.forEach((name, value) -> header(begun, name, value));
    if (html != null) {
      begun.html(html);
    }
    ownText
        .map(OriginalText::clean)
        .or(() -> Optional.ofNullable(html).map(HtmlText::of))
        .ifPresent(begun::text);
    MailDraft.Builder draft = MailDraft.builder(begun);
    attach.forEach(draft::attach);
    if (template != null) {
      draft.template(template, data);
    }
    inline.forEach((name, file) -> draft.inline(new InlinePart(name, Attachment.of(file)), file));
    return draft.build();
  }

  private static void header(Message.Builder message, String name, String value) {
    try {
      message.header(name, value);
    } catch (MailException.InvalidMessage e) {
      throw new JobException.Configuration("\"headers\": " + e.getMessage(), e);
    }
  }

  /** Builds an {@link AnswerDraft}. */
  static final class Builder {
    private final String from;
    private List<String> to = List.of();
    private List<String> cc = List.of();
    private List<String> bcc = List.of();
    private @Nullable String envelopeFrom;
    private @Nullable ItemText text;
    private @Nullable String html;
    private @Nullable Path template;
    private Map<String, Object> data = Map.of();
    private final List<Path> attach = new ArrayList<>();
    private final Map<String, Path> inline = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();

    private Builder(String from) {
      this.from = from;
    }

    Builder to(List<String> addresses) {
      to = addresses;
      return this;
    }

    Builder cc(List<String> addresses) {
      cc = addresses;
      return this;
    }

    Builder bcc(List<String> addresses) {
      bcc = addresses;
      return this;
    }

    Builder envelopeFrom(String address) {
      envelopeFrom = address;
      return this;
    }

    Builder text(ItemText own) {
      text = own;
      return this;
    }

    Builder html(String own) {
      html = own;
      return this;
    }

    /** Takes the body from a template. */
    Builder template(Path file, Map<String, Object> ownData) {
      template = file;
      data = ownData;
      return this;
    }

    Builder attach(Path file) {
      attach.add(file);
      return this;
    }

    Builder inline(String contentId, Path file) {
      inline.put(contentId, file);
      return this;
    }

    Builder header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    /**
     * Returns the draft.
     *
     * @throws MailException.InvalidMessage if an address or a part can be of no message
     * @throws JobException.Configuration if a header field can be of none
     */
    AnswerDraft build() {
      AnswerDraft draft = new AnswerDraft(this);
      MailDraft unused = draft.draft(Message.builder().subject("-"), Optional.empty());
      return draft;
    }
  }
}
