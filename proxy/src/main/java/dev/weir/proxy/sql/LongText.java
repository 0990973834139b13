package dev.weir.proxy.sql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// Reads a text that is too long to be kept, piece by piece as it arrives, for everything that is to be known of it.
/// What
/// it takes of memory does not depend on the length. For one thread at a time.
///
/// However the text is cut, the effects are the same as [SqlScanner] finds in the whole. The settings are at least
/// those
/// that [MentionedSettings#in] finds: names are looked for in the surroundings of what may change one, not everywhere.
public final class LongText {
    private static final int SLICE_BYTES = 4 << 10;
    /// What stands in front of a slice is looked at with it.
    private static final int TAIL_BYTES = 4 << 10;

    private static final int CHANGING = Effects.SETS | Effects.SETS_REPORTED_ONLY | Effects.SETS_LOCAL;

    private final SqlScan scan;
    private final NameSearch search;
    private final HiddenWords hiddenWords = new HiddenWords();
    private final byte[] slice = new byte[SLICE_BYTES];
    private int filled;
    /// The last bytes in front of the slice, and the slice.
    private final byte[] surroundings = new byte[TAIL_BYTES + SLICE_BYTES];

    private int tail;
    /// What the end of the text so far may go on to change.
    private int pending;

    private boolean ended;
    private int effects;
    private int hidden;
    private MentionedSettings settings = MentionedSettings.NONE;

    /// @param names what to look for besides
    public LongText(SqlDialect dialect, SuspectNames names) {
        this.scan = new SqlScan(dialect);
        this.search = new NameSearch(names, dialect);
    }

    /// Reads the next piece. From the first zero byte on, which ends the text in a message, nothing is read. Borrows
    /// the
    /// buffer and does not move its indexes.
    ///
    /// @param start absolute index in the buffer
    public void feed(ByteBuf in, int start, int bytes) {
        int terminator = ended ? start : in.indexOf(start, start + bytes, (byte) 0);
        int end = terminator < 0 ? start + bytes : terminator;
        ended |= terminator >= 0;
        for (int at = start; at < end; ) {
            int count = Math.min(SLICE_BYTES - filled, end - at);
            in.getBytes(at, slice, filled, count);
            filled += count;
            at += count;
            if (filled == SLICE_BYTES) {
                readSlice();
            }
        }
    }

    /// Slices are of equal length, however the pieces are cut.
    private void readSlice() {
        ByteBuf bytes = Unpooled.wrappedBuffer(slice, 0, filled);
        scan.feed(bytes, 0, filled);
        search.feed(bytes, 0, filled);
        hiddenWords.feed(slice, filled);
        System.arraycopy(slice, 0, surroundings, tail, filled);
        look(scan.take(), scan.isChanging());
        int kept = Math.min(TAIL_BYTES, tail + filled);
        System.arraycopy(surroundings, tail + filled - kept, surroundings, 0, kept);
        tail = kept;
        filled = 0;
    }

    private void look(int found, boolean isChanging) {
        effects |= found;
        int changes = (found & CHANGING) | (isChanging ? Effects.SETS : 0);
        int kinds = changes | pending;
        if (kinds != 0) {
            ByteBuf text = Unpooled.wrappedBuffer(surroundings, 0, tail + filled);
            settings = settings.and(MentionedSettings.in(text, 0, tail + filled, kinds));
            hidden |= HiddenWords.in(text, 0, tail + filled, kinds);
        }
        pending = changes;
    }

    /// Ends the text. To be called once, before the answers are asked for.
    public LongText end() {
        readSlice();
        int found = scan.effects();
        look(found & CHANGING, false);
        effects |= found;
        boolean unseen = (effects & (Effects.OPAQUE | Effects.UNKNOWN_END)) != 0;
        if (unseen) {
            settings = settings.and(MentionedSettings.UNKNOWN);
        } else if ((effects & CHANGING) == 0) {
            settings = MentionedSettings.NONE;
        }
        hidden |= search.end();
        if ((effects & Effects.OPAQUE) != 0 && hiddenWords.hasLoad()) {
            hidden |= Effects.LOADS_WITHIN;
        }
        effects |= hidden & ~Effects.SUSPECT;
        return this;
    }

    /// A set of the bits of [Effects].
    public int effects() {
        return effects;
    }

    /// What it may do by the names in it, as [SuspectNames#effectsIn] says it.
    public int hidden() {
        return hidden & (Effects.SUSPECT | Effects.LOADS_WITHIN | Effects.SETS_UNNAMED);
    }

    /// The settings that it may change.
    public MentionedSettings settings() {
        return settings;
    }
}
