package scoring

// Sheet is what one judge gave for one performance.
type Sheet struct {
	// Seat is the judge's number in the panel: it names the judge in the working.
	Seat  int
	Marks map[int64]int64 // by criterion
}

// Turn is one performance with its complete sheets.
type Turn struct {
	ID       int64
	Sheets   []Sheet
	Overtime OvertimeWorking
	// Open: sheets are still waited for. What compares performances with each other leaves it out until then.
	Open bool
}

// Dropped says why a sheet does not count.
type Dropped string

const (
	Kept           Dropped = ""
	DroppedHighest Dropped = "highest"
	DroppedLowest  Dropped = "lowest"
	// DroppedFar: too far from the mean.
	DroppedFar Dropped = "far"
	// DroppedSpare: the third marker wasn't needed, or there were more than three.
	DroppedSpare Dropped = "spare"
	// DroppedOther: the marker further from the third, or both when the third decides.
	DroppedOther Dropped = "other"
	// DroppedPartial: the judge has not marked every performance, so cannot put them all in an order.
	DroppedPartial Dropped = "partial"
)

// SheetWorking is the arithmetic of one sheet.
type SheetWorking struct {
	Seat    int         `json:"seat"`
	Lines   []SheetLine `json:"lines"`
	Total   int64       `json:"total"`
	Dropped Dropped     `json:"dropped" enum:",highest,lowest,far,spare,other,partial"`
	// Counted is what goes on into the next step: the total, with z_score the adjusted total, with rank_sum the total
	// less the deduction.
	Counted int64 `json:"counted" doc:"What goes on into the next step: the total, or what the combination has made of it"`
	// Rank is the entry's place in this judge's order, in hundredths: 250 is shared between 2 and 3. Only with rank_sum.
	Rank int64 `json:"rank,omitempty" doc:"rank_sum: place in this judge's order, hundredths; equal totals share the mean of their places"`
}

// LeftOut says why the rule of a combination could not be applied and the mean of all sheets stands instead.
type LeftOut string

const (
	Applied LeftOut = ""
	// LeftOutAllFar: every sheet is too far from the mean.
	LeftOutAllFar LeftOut = "all_far"
	// LeftOutNoFullJudge: no judge has marked every performance.
	LeftOutNoFullJudge LeftOut = "no_full_judge"
	// LeftOutSameEntries: all judges saw the same performances, so there is nothing to make even.
	LeftOutSameEntries LeftOut = "same_entries"
	// LeftOutFewSheets: a judge saw too few performances.
	LeftOutFewSheets LeftOut = "few_sheets"
	// LeftOutOpen: the performance takes part in the comparison only when all its sheets are in.
	LeftOutOpen LeftOut = "open"
)

// Working is the whole way from the marks to the score, so that anyone with a pencil can follow it: each sheet's
// lines and total, which sheets were dropped and why, what the combination does with them, and what is deducted. Each
// number in it is rounded half up to Decimals (places are exact), and the next step goes on with the rounded number.
type Working struct {
	Method   Combination    `json:"method" enum:"mean,trimmed_mean,median,mean_within,rank_sum,two_markers,z_score"`
	Decimals Rounding       `json:"decimals"`
	Sheets   []SheetWorking `json:"sheets"` // by seat
	LeftOut  LeftOut        `json:"left_out" enum:",all_far,no_full_judge,same_entries,few_sheets,open" doc:"Why the rule could not be applied; then the mean of all sheets stands"`
	// DropWanted and DropDone: a small panel drops fewer sheets than the rule says, or none.
	DropWanted int `json:"drop_wanted"`
	DropDone   int `json:"drop_done"`
	// One of these shows what its method does.
	Middle  *MiddleWorking  `json:"middle,omitempty"`
	Within  *WithinWorking  `json:"within,omitempty"`
	Ranks   *RanksWorking   `json:"ranks,omitempty"`
	Markers *MarkersWorking `json:"markers,omitempty"`
	Scale   *ScaleWorking   `json:"scale,omitempty"`
	// Sum and Count are of what was counted of the sheets that were kept, Mean is Sum ÷ Count; with rank_sum all are 0.
	Sum   int64 `json:"sum"`
	Count int   `json:"count"`
	Mean  int64 `json:"mean"`
	// Combined is what the combination gives; the deduction is taken from it (with rank_sum it was taken from each
	// judge's total before).
	Combined int64           `json:"combined" doc:"What the combination gives, before the deduction"`
	Overtime OvertimeWorking `json:"overtime"`
	Score    int64           `json:"score"`
	// Waiting: a third marker's sheet is needed and not there.
	Waiting bool `json:"waiting" doc:"A third marker's sheet is needed: the score does not count yet"`
}

// MiddleWorking shows the median: the seats in ascending order of their totals, and the one or two in the middle. Sum,
// Count and Mean of the working are of those in the middle.
type MiddleWorking struct {
	Order  []int `json:"order"`
	Middle []int `json:"middle"`
}

// WithinWorking shows the first mean, from which the distances are taken.
type WithinWorking struct {
	Sum      int64 `json:"sum"`
	Count    int   `json:"count"`
	Mean     int64 `json:"mean"`
	Distance int64 `json:"distance"`
}

// RanksWorking shows the sum of the places: Judges × (Entries + 1) − Sum = Combined, in hundredths.
type RanksWorking struct {
	// Judges who have marked every performance, Entries that take part in the comparison.
	Judges  int   `json:"judges"`
	Entries int   `json:"entries"`
	Sum     int64 `json:"sum"`
}

// ThirdState says where the third marker's sheet stands.
type ThirdState string

const (
	// ThirdOpen: one of the two is not there yet.
	ThirdOpen     ThirdState = "open"
	ThirdNeedless ThirdState = "needless"
	ThirdMissing  ThirdState = "missing"
	ThirdGiven    ThirdState = "given"
)

// MarkersWorking shows the two markers: Highest × Percent = Threshold, and how far apart they are.
type MarkersWorking struct {
	First      int        `json:"first"`
	Second     int        `json:"second"`
	Difference int64      `json:"difference"`
	Highest    int64      `json:"highest"`
	Percent    int64      `json:"percent"`
	Threshold  int64      `json:"threshold"`
	Rule       ThirdRule  `json:"rule" enum:"nearer,all,alone"`
	Third      ThirdState `json:"third" enum:"open,needless,missing,given"`
	// ThirdSeat gave the third sheet; 0: there is none.
	ThirdSeat int `json:"third_seat"`
}

// ScaleWorking shows how sheets are brought to the mean and spread of all:
// Mean + (total − judge's mean) × Spread ÷ judge's spread.
type ScaleWorking struct {
	Mean        int64        `json:"mean"`
	Spread      int64        `json:"spread"`
	Highest     int64        `json:"highest" doc:"No adjusted total is above this, or below 0"`
	LeastSheets int          `json:"least_sheets"`
	Judges      []JudgeScale `json:"judges"` // by seat
}

// JudgeScale is how one judge marks.
type JudgeScale struct {
	Seat   int   `json:"seat"`
	Sheets int   `json:"sheets"`
	Mean   int64 `json:"mean"`
	Spread int64 `json:"spread"`
}
