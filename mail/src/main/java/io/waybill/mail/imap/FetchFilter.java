package io.waybill.mail.imap;

import io.waybill.mail.mime.ParsedMail;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.FromStringTerm;
import jakarta.mail.search.HeaderTerm;
import jakarta.mail.search.SearchTerm;
import jakarta.mail.search.SubjectTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks the conditions of a fetch twice: of the server, to save bytes, and of what was read. */
final class FetchFilter {
  private final FetchSpec spec;

  FetchFilter(FetchSpec spec) {
    this.spec = spec;
  }

  Optional<SearchTerm> forServer() {
    List<SearchTerm> terms = new ArrayList<>();
    spec.subjectContains().ifPresent(text -> terms.add(new SubjectTerm(text)));
    spec.fromContains().ifPresent(text -> terms.add(new FromStringTerm(text)));
    spec.messageId().ifPresent(id -> terms.add(new HeaderTerm("Message-ID", id)));
    return terms.isEmpty()
        ? Optional.empty()
        : Optional.of(new AndTerm(terms.toArray(SearchTerm[]::new)));
  }

  boolean matches(ParsedMail mail) {
    return spec.subjectContains().map(text -> contains(mail.subject(), text)).orElse(true)
        && spec.fromContains()
            .map(text -> contains(mail.header("From").orElse(""), text))
            .orElse(true)
        && spec.messageId().map(id -> mail.messageId().equals(Optional.of(id))).orElse(true);
  }

  private static boolean contains(String value, String part) {
    return value.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }
}
