package dev.chronodesk.events.codec;

import dev.chronodesk.events.Event;
import dev.chronodesk.events.Metadata;
import dev.chronodesk.events.Personal;
import dev.chronodesk.events.address.AddressEvent;
import dev.chronodesk.events.metric.MetricEvent;
import dev.chronodesk.events.profile.ProfileEvent;
import dev.chronodesk.events.report.ReportEvent;
import dev.chronodesk.events.roster.RosterEvent;
import dev.chronodesk.events.schedule.ScheduleEvent;
import dev.chronodesk.events.team.TeamEvent;
import dev.chronodesk.events.ticket.TicketEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;

/**
 * Events to bytes and back, with what is about people encrypted on the way. The logical name of an event is its
 * record's simple name today; it stays what it is when the record is renamed, because the names are a table and the
 * golden files hold it.
 */
public final class EventCodec {

    private record Shape(
            String type, int revision, PersonalFields personal, ObjectWriter writer, ObjectReader reader) {}

    /** The table of contents: every kind of stream. */
    private static final List<Class<? extends Event>> KINDS = List.of(
            TicketEvent.class,
            TeamEvent.class,
            ProfileEvent.class,
            AddressEvent.class,
            RosterEvent.class,
            ScheduleEvent.class,
            MetricEvent.class,
            ReportEvent.class);

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .annotationIntrospector(new NullsWhereTheyAreDeclared())
            // golden files show fields in the order in which the record declares them
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    /** What every permitted event keeps about people. */
    private static final Map<Class<?>, PersonalFields> PERSONAL = KINDS.stream()
            .flatMap(EventCodec::events)
            .collect(Collectors.toUnmodifiableMap(Function.identity(), record -> PersonalFields.of(record, JSON)));

    private static final ObjectWriter METADATA_WRITER = JSON.writerFor(Metadata.class);
    private static final ObjectReader METADATA_READER =
            JSON.readerFor(Metadata.class).without(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

    /** Numbers of shapes that are not known here keep all their digits. */
    private static final ObjectReader READABLE = JSON.reader(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final Map<String, Shape> byType = new HashMap<>();
    private final Map<Class<?>, Shape> byRecord = new HashMap<>();
    private final Map<String, Map<Integer, Upcaster>> upcasters = new HashMap<>();
    private final @Nullable PersonalCipher cipher;
    private final JsonMapper json;

    /**
     * The codec for every event that exists, without encryption: for tests of what needs no keys, and comparisons. It
     * does not read what is encrypted.
     */
    public EventCodec() {
        this(List.of());
    }

    /** The codec for every event that exists. */
    public EventCodec(PersonalCipher cipher) {
        this(List.of(), cipher);
    }

    /** The same without encryption and with upcasters, one for each revision that is no longer written. */
    public EventCodec(List<Upcaster> upcasters) {
        this(upcasters, null);
    }

    /** The same with both; upcasters see what is about people as it is stored, sealed. */
    public EventCodec(List<Upcaster> upcasters, @Nullable PersonalCipher cipher) {
        this.cipher = cipher;
        this.json = JSON.rebuild()
                .addModule(new SimpleModule()
                        .addSerializer(new PersonalWriter(cipher, PERSONAL))
                        .addDeserializer(Personal.class, new PersonalReader()))
                .build();
        for (var upcaster : upcasters) {
            var before = this.upcasters
                    .computeIfAbsent(upcaster.type(), unseen -> new HashMap<>())
                    .put(upcaster.from(), upcaster);
            if (before != null) throw new IllegalArgumentException("two upcasters for " + upcaster);
        }
        KINDS.stream().flatMap(EventCodec::events).forEach(this::register);
        for (var upcaster : upcasters)
            if (!byType.containsKey(upcaster.type()))
                throw new IllegalArgumentException("no event is called " + upcaster.type());
    }

    private void register(Class<? extends Event> record) {
        var type = record.getSimpleName();
        var lifts = upcasters.getOrDefault(type, Map.of());
        for (var from = 1; from <= lifts.size(); from++)
            if (!lifts.containsKey(from)) throw new IllegalArgumentException(type + " has no upcaster from " + from);
        var personal = Objects.requireNonNull(PERSONAL.get(record), "every permitted event was looked at");
        var shape = new Shape(type, lifts.size() + 1, personal, json.writerFor(record), json.readerFor(record));
        byType.put(type, shape);
        byRecord.put(record, shape);
    }

    @SuppressWarnings("unchecked") // what Event permits, at any depth, is an Event
    private static Stream<Class<? extends Event>> events(Class<?> type) {
        if (type.isRecord()) return Stream.of((Class<? extends Event>) type);
        return Stream.of(Objects.requireNonNull(type.getPermittedSubclasses())).flatMap(EventCodec::events);
    }

    /** The names of all events, sorted. */
    public Set<String> types() {
        return new TreeSet<>(byType.keySet());
    }

    /** The name under which such an event is stored. */
    public String type(Event event) {
        return Objects.requireNonNull(byRecord.get(event.getClass()), "every permitted event is registered")
                .type();
    }

    /** The revision in which events of that name are written now. */
    public int revision(String type) {
        return shape(type).revision();
    }

    public EncodedEvent encode(Event event) {
        var shape = Objects.requireNonNull(byRecord.get(event.getClass()), "every permitted event is registered");
        return new EncodedEvent(shape.type(), shape.revision(), shape.writer().writeValueAsBytes(event));
    }

    /**
     * The event that those bytes say.
     *
     * @throws UndecodableEventException for an unknown name, a revision from the future, bytes of another shape, or
     *     something about a person that was damaged or moved
     */
    public Event decode(String type, int revision, byte[] payload) {
        var shape = shape(type);
        try {
            if (revision == shape.revision())
                return decoded(shape, shape.reader().readValue(payload));
            if (revision < 1 || revision > shape.revision())
                throw new UndecodableEventException(
                        type + " has no revision " + revision + " here, only 1 to " + shape.revision());
            var lifted = (ObjectNode) JSON.readTree(payload);
            for (var from : between(revision, shape.revision()))
                lifted = lift(type, from).lift().apply(lifted);
            return decoded(shape, shape.reader().readValue(lifted));
        } catch (JacksonException | ClassCastException e) {
            throw new UndecodableEventException(type + " revision " + revision + " cannot be read", e);
        }
    }

    private Event decoded(Shape shape, @Nullable Event event) {
        if (event == null) throw new UndecodableEventException(shape.type() + " is null");
        return shape.personal().opened(event, cipher);
    }

    /**
     * The stored JSON with what is about people opened where that is possible, for whoever may read everything: of any
     * name and revision, and of the shape that is stored.
     *
     * @throws UndecodableEventException when it is no JSON
     */
    public JsonNode readable(String type, UUID streamId, byte[] payload) {
        try {
            var tree = READABLE.readTree(payload);
            var shape = byType.get(type);
            if (shape != null && tree instanceof ObjectNode object)
                shape.personal().open(object, streamId, cipher);
            return tree;
        } catch (JacksonException e) {
            throw new UndecodableEventException(type + " is no JSON", e);
        }
    }

    private static List<Integer> between(int from, int to) {
        var steps = new ArrayList<Integer>();
        for (var step = from; step < to; step++) steps.add(step);
        return steps;
    }

    private Upcaster lift(String type, int from) {
        return Objects.requireNonNull(
                upcasters.getOrDefault(type, Map.of()).get(from), "checked when the codec was made");
    }

    public byte[] encode(Metadata metadata) {
        return METADATA_WRITER.writeValueAsBytes(metadata);
    }

    /**
     * The facts that those bytes say.
     *
     * @throws UndecodableEventException for bytes of another shape
     */
    public Metadata decodeMetadata(byte[] metadata) {
        try {
            var plain = MetadataReader.read(metadata);
            if (plain != null) return plain;
            Metadata read = METADATA_READER.readValue(metadata);
            if (read == null) throw new UndecodableEventException("metadata is null");
            return read;
        } catch (JacksonException e) {
            throw new UndecodableEventException("metadata cannot be read", e);
        }
    }

    private Shape shape(String type) {
        var shape = byType.get(type);
        if (shape == null) throw new UndecodableEventException("no event is called " + type);
        return shape;
    }
}
