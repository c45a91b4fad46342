package mandate

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"maru/domain/mandate/internal/store"
	"maru/kernel"
	"maru/platform/authz"
	pstore "maru/platform/store"
	"maru/platform/strictyaml"
)

//go:embed themes.yaml
var themeFile []byte

// Theme is what may be entrusted, in one version.
type Theme struct {
	ID       string      `yaml:"id" json:"id"`
	Version  int64       `yaml:"version" json:"version"`
	Title    kernel.Text `yaml:"title" json:"title"`
	Text     kernel.Text `yaml:"text" json:"text"`
	Bases    []string    `yaml:"bases" json:"bases"`
	Days     int         `yaml:"days" json:"days"` // the longest a mandate may last, 0 where the law sets the end
	Actions  []string    `yaml:"actions" json:"actions"`
	Services []string    `yaml:"services" json:"services"`
}

// themeList is themes.yaml.
type themeList struct {
	Papers []string `yaml:"papers"` // services whose papers an office may keep from somebody
	Themes []Theme  `yaml:"themes"`
}

func readThemes(data []byte) (file themeList, err error) {
	if _, problems := strictyaml.Into(data, nil, &file); len(problems) > 0 {
		return file, fmt.Errorf("mandate: themes.yaml: %v", problems[0])
	}
	for i, t := range file.Themes {
		if err := t.check(); err != nil {
			return file, fmt.Errorf("mandate: themes.yaml: theme %q: %w", t.ID, err)
		}
		if slices.ContainsFunc(file.Themes[:i], func(o Theme) bool { return o.ID == t.ID && o.Version == t.Version }) {
			return file, fmt.Errorf("mandate: themes.yaml: theme %q has version %d twice", t.ID, t.Version)
		}
	}
	return file, nil
}

func (t *Theme) check() error {
	switch {
	case t.ID == "" || t.Version < 1:
		return errors.New("needs an id and a version from 1")
	case t.Title.KO == "" || t.Title.EN == "" || t.Text.KO == "" || t.Text.EN == "":
		return errors.New("needs title and text in both languages")
	case len(t.Bases) == 0 || len(t.Actions) == 0 || len(t.Services) == 0:
		return errors.New("needs bases, actions and services")
	case (t.Days == 0) != (slices.Equal(t.Bases, []string{ByLaw}) || slices.Equal(t.Bases, []string{ByRegister})):
		return errors.New("has days unless it rests on law or a register alone")
	}
	for _, b := range t.Bases {
		if !slices.Contains([]string{ByLaw, ByOrder, ByRegister, ByMandate}, b) {
			return fmt.Errorf("basis %q is unknown", b)
		}
	}
	for _, a := range t.Actions {
		if !slices.Contains(authz.Actions, a) {
			return fmt.Errorf("action %q is unknown", a)
		}
	}
	return nil
}

// Themes are the newest versions of what may be entrusted on a basis.
func (s *Service) Themes(basis string) []Theme {
	var out []Theme
	for _, t := range s.themes {
		if !slices.Contains(t.Bases, basis) {
			continue
		}
		if i := slices.IndexFunc(out, func(o Theme) bool { return o.ID == t.ID }); i < 0 {
			out = append(out, t)
		} else if out[i].Version < t.Version {
			out[i] = t
		}
	}
	return out
}

func (s *Service) theme(id, basis string) (Theme, bool) {
	for _, t := range s.Themes(basis) {
		if t.ID == id {
			return t, true
		}
	}
	return Theme{}, false
}

// body is a theme as it is frozen.
func (t *Theme) body() (body, hash string, err error) {
	b, err := json.Marshal(t)
	return string(b), digest(b), err
}

// freeze keeps a theme as it is, at its first use.
func (s *Service) freeze(tx *pstore.Tx, t Theme) error {
	body, hash, err := t.body()
	if err != nil {
		return err
	}
	if err := store.FreezeTheme(tx, &store.Theme{ID: t.ID, Version: t.Version, Hash: hash, Body: body}, s.now()); err != nil {
		return err
	}
	return s.same(tx, t)
}

// same refuses a theme whose frozen content is another.
func (s *Service) same(tx *pstore.Tx, t Theme) error {
	_, hash, err := t.body()
	if err != nil {
		return err
	}
	kept, err := store.GetTheme(tx, t.ID, t.Version)
	if err == nil && kept != nil && kept.Hash != hash {
		err = fmt.Errorf("mandate: theme %q version %d is not what mandates rest on: give the changed theme the next version", t.ID, t.Version)
	}
	return err
}

// frozen is a theme as the mandates that rest on it know it.
func (s *Service) frozen(tx *pstore.Tx, id string, version int64) (Theme, error) {
	kept, err := store.GetTheme(tx, id, version)
	if err != nil {
		return Theme{}, err
	}
	if kept == nil || digest([]byte(kept.Body)) != kept.Hash {
		return Theme{}, fmt.Errorf("mandate: theme %q version %d is not as it was frozen", id, version)
	}
	var t Theme
	return t, json.Unmarshal([]byte(kept.Body), &t)
}

// Start refuses to run with a theme that changed under its number.
func (s *Service) Start(ctx context.Context) error {
	return s.d.DB.View(ctx, func(tx *pstore.Tx) error {
		for _, t := range s.themes {
			if err := s.same(tx, t); err != nil {
				return err
			}
		}
		return nil
	})
}
