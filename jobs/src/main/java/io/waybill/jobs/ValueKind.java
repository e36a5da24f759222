package io.waybill.jobs;

import java.util.List;

/**
 * What an expression can be known to yield before a run. A step's outputs and the filters say it,
 * so that a filter which cannot take what stands before it is an error at load.
 *
 * @param form of the value
 * @param names that a mapping has, or each element of a list; empty where nobody knows them
 */
public record ValueKind(Form form, List<String> names) {

  /** The forms of values. */
  public enum Form {
    TEXT("a text"),
    NUMBER("a number"),
    FLAG("true or false"),
    DATE("a date"),
    LIST("a list"),
    MAPPING("a mapping"),
    /** Nothing is known before the run. */
    UNKNOWN("a value");

    private final String words;

    Form(String words) {
      this.words = words;
    }

    /** Returns it in words, to continue "is". */
    public String words() {
      return words;
    }
  }

  public static final ValueKind TEXT = of(Form.TEXT);
  public static final ValueKind NUMBER = of(Form.NUMBER);
  public static final ValueKind FLAG = of(Form.FLAG);
  public static final ValueKind DATE = of(Form.DATE);
  public static final ValueKind LIST = of(Form.LIST);
  public static final ValueKind MAPPING = of(Form.MAPPING);
  public static final ValueKind UNKNOWN = of(Form.UNKNOWN);

  public ValueKind {
    names = List.copyOf(names);
  }

  /** Returns a value of which no names are known. */
  public static ValueKind of(Form form) {
    return new ValueKind(form, List.of());
  }

  /** Returns a list of mappings that have these names. */
  public static ValueKind listOf(String... names) {
    return new ValueKind(Form.LIST, List.of(names));
  }

  /** Returns what an element of this list is. */
  public ValueKind element() {
    return form == Form.LIST && !names.isEmpty() ? new ValueKind(Form.MAPPING, names) : UNKNOWN;
  }
}
