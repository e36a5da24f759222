package io.waybill.jobs.step;

import io.waybill.jobs.JobException;
import io.waybill.mail.CalendarPart;
import io.waybill.mail.InlinePart;
import io.waybill.mail.MailException;
import io.waybill.mail.Message;
import io.waybill.mail.MessageSeal;
import io.waybill.mail.template.MailTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message before its files are read: everything that could be checked was, and what a template
 * makes of a run's values comes when the message is composed.
 */
public final class MailDraft {
  private static final int LARGEST_CALENDAR = 10 << 20;

  private final Message message;
  private final List<InlinePart> inlineParts;
  private final @Nullable Path template;
  private final Map<String, Object> data;
  private final @Nullable Path calendar;
  private final @Nullable SmimeKey signedWith;
  private final Map<Path, String> files;

  private MailDraft(Builder builder) {
    message = builder.message.build();
    inlineParts = List.copyOf(builder.inlineParts);
    template = builder.template;
    data = new LinkedHashMap<>(builder.data);
    calendar = builder.calendar;
    signedWith = builder.signedWith;
    files = new LinkedHashMap<>(builder.files);
  }

  /**
   * Starts with a message that has neither inline parts nor a calendar, and need not have a body.
   */
  static Builder builder(Message.Builder message) {
    return new Builder(message);
  }

  /** Returns the subject line. */
  public String subject() {
    return message.subject();
  }

  /**
   * Reads the template and the calendar and puts the message together; attachments are read when it
   * is prepared.
   *
   * @param values what the template can name, beside its own data, which come first
   * @throws JobException.NotFound if a file is not there
   * @throws MailException.ContentUnavailable if the template or the calendar cannot be read
   * @throws MailException.InvalidMessage if the template names what there is not, or what came out
   *     is no message
   */
  public Message compose(Map<String, Object> values) {
    files.forEach(MailDraft::requireThere);
    Message.Builder composed = message.toBuilder();
    if (template != null) {
      Map<String, Object> all = new LinkedHashMap<>(values);
      all.putAll(data);
      MailTemplate.load(template).render(all).applyTo(composed);
      composed.subject(message.subject());
    }
    inlineParts.forEach(part -> composed.inline(part.contentId(), part.attachment()));
    if (calendar != null) {
      CalendarPart part = CalendarPart.of(utf8(calendar));
      composed.calendar(part.ics(), part.method());
    }
    return composed.build();
  }

  /**
   * Returns what signs it.
   *
   * @throws MailException.KeyUnusable if the key cannot be read, or mail may not be signed with it
   */
  List<MessageSeal> seals() {
    return signedWith == null ? List.of() : List.of(signedWith.signer());
  }

  private static void requireThere(Path file, String key) {
    if (!Files.isRegularFile(file)) {
      throw new JobException.NotFound("\"%s\": there is no file %s".formatted(key, file));
    }
  }

  private static String utf8(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST_CALENDAR + 1);
      if (bytes.length > LARGEST_CALENDAR) {
        throw new JobException.Configuration(
            "\"calendar\": %s is larger than 10 MiB, and so no invitation".formatted(file));
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new JobException.Configuration("\"calendar\": %s is not UTF-8".formatted(file), e);
    } catch (IOException e) {
      throw new MailException.ContentUnavailable(file.toString(), e);
    }
  }

  /** Builds a {@link MailDraft}. */
  static final class Builder {
    private final Message.Builder message;
    private final List<InlinePart> inlineParts = new ArrayList<>();
    private @Nullable Path template;
    private Map<String, Object> data = Map.of();
    private @Nullable Path calendar;
    private @Nullable SmimeKey signedWith;
    private final Map<Path, String> files = new LinkedHashMap<>();

    private Builder(Message.Builder message) {
      this.message = message;
    }

    /** Takes the body from a template. */
    Builder template(Path file, Map<String, Object> ownData) {
      template = needed("template", file);
      data = ownData;
      return this;
    }

    Builder inline(InlinePart part, Path file) {
      inlineParts.add(part);
      needed("inline", file);
      return this;
    }

    Builder calendar(Path file) {
      calendar = needed("calendar", file);
      return this;
    }

    /** Signs it with S/MIME. */
    Builder sign(SmimeKey key) {
      signedWith = key;
      needed("sign", key.file());
      return this;
    }

    Builder attach(Path file) {
      message.attach(needed("attach", file));
      return this;
    }

    private Path needed(String key, Path file) {
      files.putIfAbsent(file, key);
      return file;
    }

    /**
     * Returns the draft.
     *
     * @throws MailException.InvalidMessage if the message is none
     */
    MailDraft build() {
      return new MailDraft(this);
    }
  }
}
